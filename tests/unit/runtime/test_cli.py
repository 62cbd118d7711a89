"""The `participa` command: every command explains itself, and errors are sentences."""

from collections.abc import Callable
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner

from participa.cli import main
from participa.embedded import Cluster


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance without a database of its own."""
    folder = tmp_path / "instance"
    monkeypatch.setenv("PARTICIPA_INSTANCE", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return folder


@pytest.fixture(autouse=True)
def _logs_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run inside the tests' process here: its logs must not go to what a command's output was."""
    monkeypatch.setattr("participa.cli.configure_logging", lambda _settings: None)


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += every_command(command, (*path, name))
    return found


def test_every_command_has_help(instance: Path) -> None:
    commands = every_command(main)

    assert {("run",), ("serve",), ("worker",), ("migrate",), ("backup",), ("restore",), ("routes",)} <= {
        *commands
    }
    for command in commands:
        said = CliRunner().invoke(main, [*command, "--help"])
        assert said.exit_code == 0, command
        explanation = said.output.partition("\n\n")[2].strip()
        assert explanation, f"{command} has no help"
        assert not explanation.startswith("Options"), f"{command} has no help"
    assert not instance.exists()


def test_a_wrong_setting_is_a_sentence_and_exit_code_1(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eight thousand")

    said = CliRunner().invoke(main, ["routes"])

    assert said.exit_code == 1
    assert said.output == "Error: PORT must be a whole number, not 'eight thousand'\n"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "99999", "PORT must be between 0 and 65535, not 99999"),
        ("PARTICIPA_WEB_WORKERS", "0", "PARTICIPA_WEB_WORKERS must be 1 or more, not 0"),
        ("PARTICIPA_PROXIES", "-1", "PARTICIPA_PROXIES must be 0 or more, not -1"),
    ],
)
def test_a_number_that_cannot_work_is_refused_at_once(
    instance: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)

    said = CliRunner().invoke(main, ["routes"])

    assert (said.exit_code, said.output) == (1, f"Error: {sentence}\n")


def test_an_instance_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("a file where a folder must be")
    monkeypatch.setenv("PARTICIPA_INSTANCE", str(tmp_path / "taken" / "instance"))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    for command in (["stats"], ["run"]):
        said = CliRunner().invoke(main, command)
        assert said.exit_code == 1
        assert said.output.startswith(f"Error: {tmp_path / 'taken'}")
        assert "PARTICIPA_INSTANCE" in said.output


def test_a_database_without_tables_is_a_sentence(
    instance: Path, clone: Callable[[str], str], cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE participa_bare")
    monkeypatch.setenv("DATABASE_URL", cluster.url("participa_bare"))

    said = CliRunner().invoke(main, ["stats", "--json"])

    assert (said.exit_code, "participa migrate" in said.output) == (1, True), said.output


def test_an_unknown_command_is_exit_code_2(instance: Path) -> None:
    assert CliRunner().invoke(main, ["dance"]).exit_code == 2


def test_routes_are_listed_without_a_database(instance: Path) -> None:
    said = CliRunner().invoke(main, ["routes"])

    assert said.exit_code == 0, said.output
    assert "GET        /healthz  → health.healthz" in said.output


def test_an_instance_moves_in_one_file(
    instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def participa(*arguments: str) -> str:
        said = CliRunner().invoke(main, arguments)
        assert said.exit_code == 0, said.output
        return said.output

    file = tmp_path / "moved.participa"
    assert "The tables stand at" in participa("migrate")
    assert "up to date" in participa("migrate")
    assert "MB" in participa("backup", str(file))
    refused = CliRunner().invoke(main, ["restore", str(file)])
    assert refused.exit_code == 1
    assert "is not empty" in refused.output

    monkeypatch.setenv("PARTICIPA_INSTANCE", str(tmp_path / "elsewhere"))
    assert "Restored" in participa("restore", str(file))
    assert "up to date" in participa("migrate")


def test_commands_use_the_database_that_already_runs(instance: Path, tmp_path: Path) -> None:
    with Cluster(instance / "postgresql", options={"fsync": "off"}) as running:
        said = CliRunner().invoke(main, ["migrate"])

        assert said.exit_code == 0, said.output
        assert running.alive()


def test_a_database_without_tables_is_told_apart(
    instance: Path, clone: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", clone("absent").replace("/absent", "/never_made"))

    said = CliRunner().invoke(main, ["migrate"])

    assert said.exit_code == 1
    assert "does not let us in" in said.output
