"""What a run remembers, says and listens on."""

import os
import socket
from pathlib import Path

import pytest

from participa.config import ConfigurationError, Settings
from participa.runtime.launch import announce, listen
from participa.runtime.supervisor import Child, InstanceBusy, Record


def settings(folder: Path, **values) -> Settings:
    return Settings(instance=folder, database_url="postgresql+psycopg://x", **values)


@pytest.mark.parametrize("written", ["", "not json", "[1, 2]", "null"])
def test_a_damaged_record_counts_as_none(tmp_path: Path, written: str):
    path = tmp_path / "run.json"
    path.write_text(written)
    assert Record(path).read() == {}
    Record(path).end_leftovers()


def test_a_record_remembers_the_living_only(tmp_path: Path):
    record = Record(tmp_path / "run.json")
    record.write("http://127.0.0.1:8000", {"web": os.getpid(), "worker": 2**22 + 1})
    held = record.read()
    assert held["address"] == "http://127.0.0.1:8000"
    assert [entry["name"] for entry in held["processes"]] == ["web"]


@pytest.mark.parametrize(("address", "said"), [(None, "i. Stop"), ("http://a:1", "i at http://a:1. Stop")])
def test_a_second_run_is_told_where_the_first_is(tmp_path: Path, address: str | None, said: str):
    first, second = Record(tmp_path / "i" / "run.json"), Record(tmp_path / "i" / "run.json")
    first.take()
    first.write(address, {})
    with pytest.raises(InstanceBusy, match=said):
        second.take()
    second.release()
    first.release()
    second.take()
    second.release()
    assert second.read() == {}


def test_a_child_not_started_has_not_ended():
    assert not Child("web", ("true",), {}).ended()


def test_without_a_port_asked_for_the_next_free_one_serves(tmp_path: Path):
    with listen(settings(tmp_path)) as first, listen(settings(tmp_path)) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_a_taken_port_that_was_asked_for_is_refused(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} "):
            listen(settings(tmp_path, port=port))


def test_production_announces_no_account(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    production = settings(
        tmp_path, production=True, public_url="https://participa.exemple.fr", metrics_port=9100
    )
    announce(production, "http://127.0.0.1:8000")
    said = capsys.readouterr().out
    assert "https://participa.exemple.fr" in said
    assert "127.0.0.1:9100/metrics" in said
    assert "accounts" not in said


def test_development_announces_its_accounts(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    announce(settings(tmp_path), "http://127.0.0.1:8000")
    said = capsys.readouterr().out
    assert "http://127.0.0.1:8000" in said
    assert "Demonstration accounts:" in said
    assert "Metrics" not in said
