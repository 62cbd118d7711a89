"""What the worker does for imports."""

from participa.imports import machinery, services
from participa.jobs import periodic, task


@task("imports.write_lines")
def write_lines(import_id: int) -> None:
    """Write some of the lines of a file."""
    services.write_some(import_id)


@periodic("53 3 * * *", "imports.sweep")
def sweep() -> None:
    """Forget the files of a month ago."""
    services.sweep()


@task("imports.finish_bringing")
def finish_bringing() -> None:
    """Count what came with a space, and have what is like it found."""
    machinery.finish()
