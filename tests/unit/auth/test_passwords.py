import threading
from typing import Any

import pytest
from flask import Flask

from participa.auth import passwords
from participa.errors import TooManyTries

GOOD = "un hérisson traverse la route"


def test_a_hash_is_argon2id_and_matches_only_its_password(session: Any) -> None:
    kept = passwords.hashed(GOOD)

    assert kept.startswith("$argon2id$")
    assert passwords.matches(kept, GOOD)
    assert not passwords.matches(kept, GOOD + "s")
    assert not passwords.matches(None, GOOD)
    assert not passwords.matches("imported from elsewhere", GOOD)


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password(session: Any) -> None:
    assert passwords.matches(passwords.hashed("café à Cayenne"), "café à Cayenne")


def test_hashes_of_other_parameters_are_known_as_outdated(session: Any) -> None:
    other = passwords._hasher("strong").hash(GOOD)

    assert passwords.is_outdated(other)
    assert not passwords.is_outdated(passwords.hashed(GOOD))


def test_deployments_hash_with_more_than_the_tests_do() -> None:
    strong = passwords._hasher("strong")

    assert strong.memory_cost >= 19 * 1024
    assert strong.time_cost >= 2


@pytest.mark.parametrize(
    "password",
    [
        "onze lettre",
        "x" * 201,
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "motdepasse2026!",
        "Azertyuiop1234",
        "ada.lovelace@irev.example1",
        "Ada Lovelace 12",
        "ada.lovelace12",
    ],
)
def test_passwords_that_others_would_guess_are_refused_with_a_sentence(session: Any, password: str) -> None:
    assert passwords.fault_of(password, "ada.lovelace@irev.example", "Ada Lovelace")


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery staple", "xK9!vq2#Lm4$", "Ada aime les ponts"]
)
def test_sentences_and_random_passwords_are_taken(session: Any, password: str) -> None:
    assert passwords.fault_of(password, "ada.lovelace@irev.example", "Ada Lovelace") is None


def test_two_hashes_at_once_and_the_third_is_told_to_come_back(
    app: Flask, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.05)
    inside, leave = threading.Barrier(3), threading.Event()

    def hold() -> None:
        with passwords._turn():
            inside.wait(5)
            leave.wait(5)

    holders = [threading.Thread(target=hold) for _ in range(2)]
    for holder in holders:
        holder.start()
    inside.wait(5)
    try:
        with pytest.raises(TooManyTries):
            passwords.hashed(GOOD)
        with pytest.raises(TooManyTries):
            passwords.matches(None, GOOD)
    finally:
        leave.set()
        for holder in holders:
            holder.join()

    assert passwords.hashed(GOOD)
