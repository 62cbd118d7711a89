"""Logs and metrics."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Install logs and metrics."""
