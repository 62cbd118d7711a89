"""The encoder answers whoever asks in time, and nobody waits for it longer than they said."""

import json
import math
import os
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest

from participa.config import ConfigurationError
from participa.similarity import client
from participa.similarity.client import EncoderAway, Line
from participa.similarity.encoder import DIMENSION
from tests.encoders import answering
from tests.processes import eventually

ONES = struct.pack(f"<{DIMENSION}f", *[1.0] * DIMENSION)


def slow(text: str) -> bytes:
    time.sleep(0.4)
    return ONES


def test_the_program_makes_vectors_in_which_paraphrases_are_close(tmp_path: Path) -> None:
    process = subprocess.Popen(client.command(tmp_path))
    try:
        line = Line(tmp_path)
        one = line.ask_patiently("Apprendre à programmer à l’école", 60)
        same = line.ask("Enseigner l’informatique aux élèves", 5)
        other = line.ask("Planter des arbres dans la cour", 5)

        assert len(one) == DIMENSION
        assert math.isclose(math.hypot(*one), 1, abs_tol=1e-3)
        assert sum(map(float.__mul__, one, same)) > 0.4 > sum(map(float.__mul__, one, other))
        assert (tmp_path / "encoder.sock").stat().st_mode & 0o077 == 0
        second = subprocess.run(client.command(tmp_path), check=False, capture_output=True, text=True)
        assert second.returncode != 0
        assert "Another encoder already answers" in second.stderr
    finally:
        process.terminate()
        process.wait()
    with pytest.raises(EncoderAway):
        line.ask("Et maintenant ?")


def test_an_encoder_takes_the_place_of_one_that_was_killed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "encoder.sock"))

    with answering(tmp_path, lambda text: ONES):
        assert Line(tmp_path).ask("Un texte") == [1.0] * DIMENSION


def test_nobody_waits_for_an_encoder_that_is_not_there(tmp_path: Path) -> None:
    before = time.monotonic()

    with pytest.raises(EncoderAway):
        Line(tmp_path).ask("Un texte")

    assert time.monotonic() - before < 0.05


def test_a_slow_encoder_costs_the_budget_once_then_rests(tmp_path: Path) -> None:
    line = Line(tmp_path)
    with answering(tmp_path, slow):
        before = time.monotonic()
        with pytest.raises(EncoderAway, match="too slow"):
            line.ask("Un texte")
        between = time.monotonic()
        with pytest.raises(EncoderAway, match="a moment ago"):
            line.ask("Un texte")

        assert client.BUDGET <= between - before < client.BUDGET + 0.2
        assert time.monotonic() - between < 0.05
        assert line.ask_patiently("Un texte", 5) == [1.0] * DIMENSION


def test_a_question_that_waited_too_long_for_its_turn_is_not_encoded(tmp_path: Path) -> None:
    encoded: list[str] = []

    def note(text: str) -> bytes:
        encoded.append(text)
        return slow(text)

    with answering(tmp_path, note):
        for name in ("premier", "second"):
            with pytest.raises(EncoderAway):
                Line(tmp_path).ask(name)
        time.sleep(0.6)

    assert encoded == ["premier"]


def test_nonsense_is_not_answered_and_stops_nothing(tmp_path: Path) -> None:
    with answering(tmp_path, lambda text: ONES):
        for question in (b"\0\0\0\0", b"\xff\xff\xff\xff", b""):
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(str(tmp_path / "encoder.sock"))
                caller.sendall(question)
                caller.shutdown(socket.SHUT_WR)
                assert caller.recv(4) == b""
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(tmp_path / "encoder.sock"))
            question = json.dumps({"text": "Un texte", "within": 1}).encode()
            caller.sendall(struct.pack(">I", len(question)) + question)  # and hangs up
        assert eventually(lambda: len(Line(tmp_path).ask("Un texte", 1)) == DIMENSION)


def test_a_long_instance_path_gets_a_short_socket_of_ones_own(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    path = client.socket_of(deep)
    try:
        client.command(deep)

        assert len(str(path)) < 100
        assert path != client.socket_of(tmp_path / ("d" * 60) / ("f" * 60))
        assert path.parent.stat().st_mode & 0o077 == 0
        path.parent.rmdir()
        path.parent.symlink_to(tmp_path)
        with pytest.raises(ConfigurationError, match="belongs to another user"):
            client.command(deep)
    finally:
        if path.parent.is_symlink():
            path.parent.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_socket_of_another_user_is_not_talked_to(tmp_path: Path) -> None:
    with answering(tmp_path, lambda text: ONES):
        os.chown(tmp_path / "encoder.sock", 65534, 65534)

        with pytest.raises(EncoderAway, match="another user"):
            Line(tmp_path).ask("Un texte")
