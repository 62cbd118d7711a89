"""The papers tell the truth about today's code."""

import re
from dataclasses import fields
from pathlib import Path

import click
from flask import Flask

from participa.cli import main
from participa.config import Settings
from participa.spaces.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]


def _read(*names: str) -> str:
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def test_the_tour_names_only_paths_and_functions_that_exist() -> None:
    tour = _read("docs/tour.md")
    paths = re.findall(r"`((?:participa|templates|tests|migrations|bench|tools|docs)/[\w./-]+)`", tour)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []
    for path, function in re.findall(r"`((?:participa|tests)/[\w./-]+\.py)::(\w+)`", tour):
        assert re.search(rf"(def|class) {function}\b", _read(path)), f"{path} has no {function}"


def test_every_environment_variable_is_documented() -> None:
    named = set(re.findall(r'"((?:PARTICIPA_|DATABASE_)\w+)"', _read("participa/config.py")))
    documented = _read("docs/deploy.md")
    assert sorted(name for name in named if name not in documented) == []
    assert len(fields(Settings)) <= len(named) + 1


def test_every_command_and_option_has_help() -> None:
    def commands(group: click.Group) -> list[click.Command]:
        found: list[click.Command] = []
        for command in group.commands.values():
            found += [command, *(commands(command) if isinstance(command, click.Group) else [])]
        return found

    silent = [command.name for command in commands(main) if not command.help]
    silent += [
        f"{command.name} {option.name}"
        for command in commands(main)
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


def test_every_setting_of_a_component_has_a_label(app: Flask) -> None:
    for kind in KINDS.values():
        assert {field.name for field in fields(kind.settings)} == set(kind.settings_labels)
        assert {field.name for field in fields(kind.phase_rules)} == set(kind.rules_labels)
