"""Writes every proposal of a list into a file, as the worker does, and tells what it took; a program of its own."""

import json
import os
import resource
import sys
import tempfile
import time
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from participa import create_app
from participa.authorization import Actor
from participa.config import Settings
from participa.exports.models import Format
from participa.exports.writers import write
from participa.proposals.finding.columns import source_of
from participa.spaces.queries import find_component
from tests.tools import counted_statements


def main(slug: str, component_id: int, wanted: Format) -> None:
    """Print seconds, CPU seconds, lines, bytes, statements and the memory it added at most, in MB."""
    app = create_app(Settings.from_environ(os.environ))
    with app.test_request_context(), tempfile.TemporaryFile() as file, counted_statements() as statements:
        component = find_component(component_id, slug)
        assert component is not None
        source = source_of(
            component, Actor(visitors_may_read=True), MultiDict(), "https://participa.example.org"
        )
        before = resource.getrusage(resource.RUSAGE_SELF)
        start = time.perf_counter()
        lines = write(source, wanted, file, ZoneInfo("Europe/Paris"), "fr")
        seconds = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_SELF)
        print(
            json.dumps(
                {
                    "seconds": seconds,
                    "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
                    "lines": lines,
                    "bytes": file.seek(0, os.SEEK_END),
                    "statements": len(statements),
                    "mb": (after.ru_maxrss - before.ru_maxrss) / 1024,
                }
            )
        )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Format(sys.argv[3]))
