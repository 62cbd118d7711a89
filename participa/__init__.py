"""Participa, a collective-intelligence platform for professional networks."""

import os
from importlib import import_module
from types import ModuleType

from flask import Flask
from flask_babel import Babel
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from participa import (
    catalogues,
    display,
    errors,
    forms,
    health,
    jobs,
    mail,
    moulds,
    observability,
    web,
    wording,
)
from participa.config import ROOT, Settings
from participa.db import db, engine_options

FEATURES: tuple[str, ...] = (
    "audit",
    "auth",
    "network",
    "spaces",
    "contributions",
    "votes",
    "follows",
    "similarity",
    "comments",
    "attachments",
    "exports",
    "moderation",
    "notifications",
    "curation",
    "proposals",
    "debates",
    "search",
    "insights",
    "imports",
    "demo",
    "home",
    "admin",
)
"""What exists, lowest layer first; each may have models, views, component, tasks, cli and subscribers."""

csrf = CSRFProtect()
babel = Babel()
migrate = Migrate(compare_type=True)


def feature_modules(name: str) -> list[ModuleType]:
    """The modules called `name` of the features that have one, lowest layer first."""
    folder = ROOT / "participa"
    present = [
        feature
        for feature in FEATURES
        if (folder / feature / f"{name}.py").exists() or (folder / feature / name).is_dir()
    ]
    return [import_module(f"participa.{feature}.{name}") for feature in present]


def create_app(settings: Settings | None = None, **overrides: object) -> Flask:
    """Build the application; `overrides` go to Flask's configuration."""
    settings = settings or Settings.from_environ(os.environ)
    app = web.Participa(
        "participa",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "participa" / "static"),
        instance_path=str(settings.instance),
    )
    https = bool(settings.public_url and settings.public_url.startswith("https://"))
    app.config.from_mapping(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url or "postgresql+psycopg://localhost/participa",
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.statement_timeout_ms),
        SESSION_COOKIE_NAME="participa",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE="fr",
        BABEL_DEFAULT_TIMEZONE="Europe/Paris",
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.config.from_mapping(overrides)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.url_map.converters["component"] = web.ComponentConverter
    app.url_map.converters["key"] = web.KeyConverter

    observability.init_app(app)
    web.init_app(app)
    app.register_blueprint(health.bp)
    errors.init_app(app)
    forms.init_app(app)
    display.init_app(app)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    jobs.init_app(app)
    mail.init_app(app)

    from participa.auth import session
    from participa.network import frame
    from participa.network.zones import language_of_reader, zone_of_reader
    from participa.spaces import queries as spaces

    session.init_app(app)
    spaces.register()
    babel.init_app(app, locale_selector=language_of_reader, timezone_selector=zone_of_reader)
    catalogues.init_app(app)
    wording.init_app(app)

    frame.init_app(app)
    csrf.init_app(app)
    for name in ("models", "subscribers", "tasks", "component", "views"):
        for module in feature_modules(name):
            for blueprint in getattr(module, "BLUEPRINTS", ()) or (
                [module.bp] if hasattr(module, "bp") else []
            ):
                app.register_blueprint(blueprint)

    moulds.init_app(app)

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(ROOT / "participa" / "static"), prefix="static/", max_age=3600
    )
    if settings.proxies:
        n = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    return app
