"""What is not there is written as nothing."""

import pytest
from flask import Flask

from participa import catalogues, display
from participa.config import ConfigurationError, psycopg_url


@pytest.mark.parametrize("write", [display.when, display.fresh, display.day, catalogues.number, display.hour])
def test_a_missing_value_is_written_as_nothing(app: Flask, write: object) -> None:
    with app.test_request_context():
        assert str(write(None)) == ""  # type: ignore[operator]


@pytest.mark.parametrize("address", ["mysql://localhost/x", "participa", "sqlite:///x.db"])
def test_a_database_that_is_not_postgresql_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="PostgreSQL address"):
        psycopg_url(address)
