"""Configuration, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 -- refused in production
ROOT = Path(__file__).resolve().parent.parent


class ConfigurationError(Exception):
    """Raised when the environment asks for something that cannot work; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment decides; everything else is a setting of the network, kept in the database."""

    instance: Path
    database_url: str | None = None
    secret_key: str = DEVELOPMENT_SECRET
    production: bool = False
    public_url: str | None = None
    """Public address, such as https://participa.example.org; makes links in mails and the https flags."""
    proxies: int = 0
    """How many reverse proxies stand in front and set X-Forwarded-* headers."""
    mail_server: str | None = None
    mail_port: int = 25
    mail_username: str | None = None
    mail_password: str | None = None
    mail_tls: str = "none"
    """`none`, `starttls` or `tls`."""
    mail_sender: str = "participa@localhost"
    statement_timeout_ms: int = 15_000
    password_hashing: str = "strong"  # noqa: S105 -- `strong`, or `cheap` for tests and benchmarks
    log_level: str = "info"
    host: str = "127.0.0.1"
    port: int = 0
    """Where the web server listens; 0 is the first free port from 8000 up."""
    web_workers: int = 2
    web_threads: int = 4
    encoder: bool = True
    """Whether texts are compared by meaning, which needs the encoder's 150 MB; without, by their words."""
    metrics_port: int = 0
    """Where Prometheus reads, on this machine only; 0 is nowhere."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from `environ`; raises ConfigurationError."""
        production = environ.get("PARTICIPA_ENV", "development") == "production"
        secret = environ.get("PARTICIPA_SECRET_KEY", DEVELOPMENT_SECRET)
        if production and (secret == DEVELOPMENT_SECRET or len(secret) < 32):
            raise ConfigurationError(
                "PARTICIPA_SECRET_KEY must be set to a random text of 32 characters or more in production. "
                "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        if production and environ.get("PARTICIPA_MAIL_SERVER") and not environ.get("PARTICIPA_PUBLIC_URL"):
            raise ConfigurationError(
                "PARTICIPA_PUBLIC_URL must be set where mail is: messages hold links, which the worker writes "
                "without knowing where people come from. Example: https://participa.example.org"
            )
        url = environ.get("DATABASE_URL") or None
        return cls(
            instance=Path(environ.get("PARTICIPA_INSTANCE") or ROOT / "instance").resolve(),
            database_url=psycopg_url(url) if url else None,
            secret_key=secret,
            production=production,
            public_url=(environ.get("PARTICIPA_PUBLIC_URL") or "").rstrip("/") or None,
            proxies=_whole(environ, "PARTICIPA_PROXIES", 0),
            mail_server=environ.get("PARTICIPA_MAIL_SERVER") or None,
            mail_port=_whole(environ, "PARTICIPA_MAIL_PORT", 25, least=1, most=65_535),
            mail_username=environ.get("PARTICIPA_MAIL_USERNAME") or None,
            mail_password=environ.get("PARTICIPA_MAIL_PASSWORD") or None,
            mail_tls=_one_of(environ, "PARTICIPA_MAIL_TLS", ("none", "starttls", "tls")),
            mail_sender=environ.get("PARTICIPA_MAIL_SENDER") or "participa@localhost",
            statement_timeout_ms=_whole(environ, "PARTICIPA_STATEMENT_TIMEOUT_MS", 15_000),
            password_hashing=_one_of(environ, "PARTICIPA_PASSWORD_HASHING", ("strong", "cheap")),
            log_level=_one_of(environ, "PARTICIPA_LOG_LEVEL", ("info", "debug", "warning", "error")),
            host=environ.get("PARTICIPA_HOST") or "127.0.0.1",
            port=_whole(environ, "PORT", 0, most=65_535),
            web_workers=_whole(environ, "PARTICIPA_WEB_WORKERS", 2, least=1),
            web_threads=_whole(environ, "PARTICIPA_WEB_THREADS", 4, least=1),
            encoder=_one_of(environ, "PARTICIPA_ENCODER", ("on", "off")) == "on",
            metrics_port=_whole(environ, "PARTICIPA_METRICS_PORT", 9464 if production else 0, most=65_535),
        )


def psycopg_url(url: str) -> str:
    """Name the psycopg driver in a PostgreSQL address, as SQLAlchemy wants it; raises ConfigurationError."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ConfigurationError(
            "DATABASE_URL must be a PostgreSQL address, such as postgresql://user:password@host/participa"
        )
    return f"postgresql+psycopg://{rest}"


def _whole(
    environ: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int | None = None
) -> int:
    written = environ.get(name) or str(default)
    try:
        value = int(written)
    except ValueError:
        raise ConfigurationError(f"{name} must be a whole number, not {written!r}") from None
    if value < least or (most is not None and value > most):
        bounds = f"{least} or more" if most is None else f"between {least} and {most}"
        raise ConfigurationError(f"{name} must be {bounds}, not {value}")
    return value


def _one_of(environ: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = environ.get(name) or allowed[0]
    if value not in allowed:
        raise ConfigurationError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value
