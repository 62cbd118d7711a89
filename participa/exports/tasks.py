"""What the worker does for exports."""

from participa.exports import services
from participa.jobs import periodic, task


@task("exports.make")
def make_file(export_id: int) -> None:
    """Make one file."""
    services.make(export_id)


@periodic("41 3 * * *", "exports.sweep")
def sweep() -> None:
    """Remove the files that are a week old."""
    services.sweep()
