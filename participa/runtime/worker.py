"""The worker as a part of `run` and `serve`."""

import os
import threading
import time

from flask import Flask

from participa import jobs
from participa.config import Settings
from participa.observability import serve_metrics

GRACE = 5
"""Seconds the worker gets to finish once the supervisor is gone, and with it perhaps the database."""


def run(app: Flask) -> None:
    """Run jobs, and answer Prometheus, until SIGTERM or the end of the process that started this one."""
    settings: Settings = app.config["SETTINGS"]
    threading.Thread(target=_end_after, args=(os.getppid(),), daemon=True).start()
    if settings.metrics_port:
        serve_metrics(app, settings.metrics_port)
    jobs.run_worker(app)


def _end_after(parent: int) -> None:
    """End this process soon after its parent, even while it waits for a database that is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    time.sleep(GRACE)
    os._exit(1)
