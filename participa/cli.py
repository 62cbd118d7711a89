"""The `participa` command.

A feature adds commands by a module `cli.py` with a tuple `commands` of click commands; they run inside the
application, on the instance's database.
"""

import os
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from participa import backup as archives
from participa import create_app, feature_modules
from participa.config import ROOT, ConfigurationError, Settings
from participa.db import db
from participa.embedded import ClusterError
from participa.observability import configure_logging
from participa.runtime import database
from participa.runtime.supervisor import GivenUp, InstanceBusy

NO_TABLE = "42P01"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
SENTENCES = (ConfigurationError, ClusterError, GivenUp, InstanceBusy, archives.BackupError)
"""Errors whose message is all that a person needs."""


class Commands(click.Group):
    """The commands of the runtime and of every feature, with errors told as sentences."""

    def features(self) -> dict[str, click.Command]:
        """The commands that features add, each inside the application."""
        found: dict[str, click.Command] = {}
        for module in feature_modules("cli"):
            for command in module.commands:
                found[command.name] = inside_application(command)
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in alphabetical order."""
        return sorted({*super().list_commands(ctx), *self.features()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command; features are read only for names that are not ours."""
        return super().get_command(ctx, cmd_name) or self.features().get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what a person can mend is said in a sentence, with exit code 1."""
        try:
            return super().invoke(ctx)
        except SENTENCES as error:
            raise click.ClickException(str(error)) from None
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(f"The database does not answer as it should: {reason}") from None
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) != NO_TABLE:
                raise
            raise click.ClickException(
                "The tables are missing or older than this version. Make them with: participa migrate"
            ) from None
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(
                f"{error.filename} cannot be used ({error.strerror}). The instance is the folder named by "
                "PARTICIPA_INSTANCE, or instance/; whoever runs Participa must be able to write there."
            ) from None


def inside_application(command: click.Command) -> click.Command:
    """Make a command, and those of a group, run with the application at hand."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            inside_application(inner)
    elif command.callback:
        command.callback = with_appcontext(command.callback)
    return command


def application(ctx: click.Context, settings: Settings) -> Flask:
    """The application on the instance's database, which is let go when the command ends."""
    root = ctx.find_root()
    url = root.with_resource(database.at_hand(settings))
    app = create_app(replace(settings, database_url=url))

    @root.call_on_close
    def hang_up() -> None:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()

    return app


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="participa")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Run and look after a Participa instance.

    The instance is the folder `instance/`, or the one named by PARTICIPA_INSTANCE. Without DATABASE_URL its
    database is the embedded PostgreSQL.
    """
    try:
        settings = Settings.from_environ(os.environ)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    configure_logging(settings)
    ctx.meta["settings"] = settings
    ctx.obj = ScriptInfo(create_app=lambda: application(ctx, settings))


def settings_of(ctx: click.Context) -> Settings:
    """The settings that `main` read."""
    settings = ctx.meta["settings"]
    assert isinstance(settings, Settings)
    return settings


@main.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """Start everything to develop or try, with the demonstration network when the database is empty."""
    from participa.runtime import launch

    launch.serve(settings_of(ctx))


@main.command()
def serve() -> None:
    """Start everything for production; PARTICIPA_SECRET_KEY must be set."""
    from participa.runtime import launch

    os.environ["PARTICIPA_ENV"] = "production"
    settings = Settings.from_environ(os.environ)
    configure_logging(settings)
    launch.serve(settings)


@main.command()
@with_appcontext
def worker() -> None:
    """Run background jobs until asked to stop (part of `run` and `serve`)."""
    from participa.runtime import worker as background

    background.run(current_app._get_current_object())  # type: ignore[attr-defined]


@main.command()
@click.pass_context
def encoder(ctx: click.Context) -> None:
    """Turn texts into vectors for the others, until asked to stop (part of `run` and `serve`)."""
    from participa.similarity import client

    command = client.command(settings_of(ctx).instance)
    os.execv(command[0], command)  # noqa: S606 - the process becomes the encoder, without the application


@main.command()
@click.option(
    "--backup/--no-backup", "wanted", default=True, help="Keep a backup of what was there (by default)."
)
@click.pass_context
def migrate(ctx: click.Context, wanted: bool) -> None:
    """Bring the tables up to date, after a backup; does nothing when they are."""
    import flask_migrate

    from participa.health import head

    settings = settings_of(ctx)
    app: Flask = ctx.obj.load_app()
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    with database.upgrading(url) as connection:
        before = database.revision(connection)
        if before == head():
            click.echo("The tables are up to date.")
            return
        if before and wanted:
            kept = archives.backup_before(settings, url, before)
            click.echo(f"Backed up to {kept}")
        with app.app_context():
            flask_migrate.upgrade()
    click.echo(f"The tables stand at {head()}.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Write the database and the files of the instance to FILE, also while it runs."""
    settings = settings_of(ctx)
    with database.at_hand(settings) as url:
        archives.backup(settings, url, file)
    click.echo(f"{file}: {file.stat().st_size / 1_000_000:.1f} MB")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Fill an empty instance with what `backup` wrote to FILE."""
    settings = settings_of(ctx)
    with database.at_hand(settings) as url:
        archives.restore(settings, url, file)
    click.echo("Restored. `make run` or `make serve` brings older tables up to date.")


@main.command()
def routes() -> None:
    """List the addresses of the application."""
    settings = Settings.from_environ(os.environ)
    app = create_app(settings)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:<10} {rule.rule}  → {rule.endpoint}")


if __name__ == "__main__":
    main()
