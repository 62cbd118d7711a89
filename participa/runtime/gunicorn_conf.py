"""How gunicorn serves the application, by the settings and the socket that the supervisor passes on."""

import gc
import os
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger
from prometheus_client.multiprocess import mark_process_dead

from participa.config import Settings
from participa.observability import configure_logging

settings = Settings.from_environ(os.environ)


class PlainLogger(Logger):  # type: ignore[misc] # gunicorn has no types
    """Leave gunicorn's words to the logs of the application."""

    def setup(self, cfg: Any) -> None:  # noqa: ARG002 - gunicorn's own signature
        """Set the logs of this process up once, gunicorn's included."""
        configure_logging(settings)
        self.error_log.setLevel("WARNING")


wsgi_app = "wsgi:app"
bind = os.environ.get("PARTICIPA_BIND") or f"{settings.host}:{settings.port or 8000}"
workers = settings.web_workers
worker_class = "gthread"
threads = settings.web_threads
preload_app = True  # one import for all, and its memory shared
timeout = 60
graceful_timeout = 6
keepalive = 5
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat that waits for no disk
logger_class = PlainLogger
control_socket_disable = True
forwarded_allow_ips = ""  # the application itself trusts as many proxies as PARTICIPA_PROXIES says
proc_name = "participa-web"


def when_ready(_server: Any) -> None:
    """Leave what was loaded before the workers out of their collections: it stays, and stays shared."""
    gc.collect()
    gc.freeze()


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the live measures of a worker that ended."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
