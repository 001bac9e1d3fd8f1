"""Logs with request ids, and Prometheus metrics."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

SECRET_NAMES = re.compile(r"password|secret|token|authorization|cookie|api_key|signature", re.IGNORECASE)

REQUESTS = Counter("atelier_http_requests", "Requests by route and status.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("atelier_http_request_seconds", "Time to the last byte, by route.", ["route"])
JOBS_ENDED = Counter("atelier_jobs_ended", "Jobs by product and outcome.", ["product", "status"])
STAGE_SECONDS = Histogram(
    "atelier_stage_seconds",
    "Time of a stage.",
    ["product", "stage"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


def _hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in event:
        if SECRET_NAMES.search(name):
            event[name] = "***"
    return event


def configure_logging(level: str, *, json: bool) -> None:
    """One line an event on stderr: JSON for machines, short and coloured for people."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # the rich one prints local variables, secrets too
        )
    )
    last = [structlog.processors.format_exc_info, renderer] if json else [renderer]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=max(logging.WARNING, logging.getLevelNamesMapping()[level]), stream=sys.stderr, force=True
    )
