"""Logs and metrics: one structured line and two measures per request, and never a secret."""

import logging
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator, MutableMapping
from typing import Any
from wsgiref.simple_server import WSGIServer

import structlog
from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from participa.config import Settings

log = structlog.get_logger(__name__)

REQUESTS = Counter("participa_requests", "Requests answered.", ("method", "endpoint", "status"))
SECONDS = Histogram(
    "participa_request_seconds",
    "Time from the first line of a request to its answer.",
    ("endpoint",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
"""Methods that are counted by name; others are anybody's invention, and a label each would fill the memory."""
QUIET = {"static", "health.healthz", "health.readyz"}
"""Endpoints that machines ask for all the time: measured, not written down."""

_SECRET = re.compile(r"password|passwd|secret|token|cookie|authorization|csrf|api_key|dsn", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s@/]+@")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what is named like a secret, and passwords inside addresses, in a log line."""
    for key, value in event.items():
        if _SECRET.search(key):
            event[key] = "[redacted]"
        elif isinstance(value, dict):
            event[key] = redact(_logger, _method, dict(value))
        elif isinstance(value, str):
            event[key] = _URL_PASSWORD.sub(r"\1:[redacted]@", value)
    return event


def configure_logging(settings: Settings) -> None:
    """Send this process's logs to the standard error: JSON in production, readable in development."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(
            fmt="iso" if settings.production else "%H:%M:%S", utc=settings.production
        ),
    ]
    renderer: list[structlog.typing.Processor]
    if settings.production:
        renderer = [structlog.processors.format_exc_info, redact, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback
        colours = sys.stderr.isatty()
        renderer = [
            redact,
            structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain, pad_event_to=0),
        ]
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(level=max(level, logging.INFO), handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(max(level, logging.WARNING))
    logging.getLogger("procrastinate").setLevel(max(level, logging.WARNING))


def init_app(app: Flask) -> None:
    """Name, time, count and write down every request; comes before everything else of a request."""
    app.before_request(start)
    app.after_request(finish)


def start() -> None:
    """Name the request: as the reverse proxy did, where there is one, else at random."""
    g.started = time.perf_counter()
    settings: Settings = current_app.config["SETTINGS"]
    given = request.headers.get("X-Request-Id", "") if settings.proxies else ""
    g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def finish(response: Response) -> Response:
    """Count and write down the answer; the route is named, not its address, which may hold a secret."""
    endpoint = request.endpoint or "none"
    seconds = time.perf_counter() - g.started
    response.headers["X-Request-Id"] = g.request_id
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, endpoint, response.status_code).inc()
    SECONDS.labels(endpoint).observe(seconds)
    if endpoint not in QUIET:
        numbers = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)}
        log.info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            ids=numbers,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
    return response


class Jobs(Collector):
    """How many background jobs wait, run and failed, read when asked."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def collect(self) -> Iterator[Metric]:
        """Count the jobs by status."""
        from sqlalchemy import text

        from participa.db import db

        family = GaugeMetricFamily("participa_jobs", "Background jobs by status.", labels=["status"])
        with self.app.app_context():
            for status, n in db.session.execute(
                text("SELECT status, count(*) FROM procrastinate_jobs GROUP BY 1")
            ):
                family.add_metric([status], n)
        yield family


def serve_metrics(app: Flask, port: int, address: str = "127.0.0.1") -> WSGIServer | None:
    """Answer Prometheus on a port of its own, for all the processes that share a folder of measures.

    A port that is taken costs the metrics, not the service: it is logged and None returned.
    """
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    try:
        server, _thread = start_http_server(port, address, registry)
    except OSError as error:
        log.warning("metrics_unavailable", port=port, reason=str(error))
        return None
    registry.register(Jobs(app))
    return server
