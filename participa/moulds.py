"""Repeated parts of a page, cast once and filled many times.

A page shows twenty proposals or fifty comments made by the same macro, and most of what a macro costs is finding
again the same words in the same order. A mould is the markup that a macro writes for one language and one
combination of states, with slots where the values go; filling it is one join. Macros stay where they are, in
templates, and stay the only place that says what a part looks like.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g
from jinja2 import Environment
from markupsafe import Markup, escape

from participa.catalogues import language

_SLOT = re.compile("\ue000([a-z_]+)\ue001")


class Slots:
    """Stands for a value whose attributes are not known yet; a macro may print them, not ask what they are."""

    def __getattr__(self, name: str) -> Markup:
        return slot(name)


def slot(name: str) -> Markup:
    """The place of a value in a mould."""
    return Markup(f"\ue000{name}\ue001")  # noqa: S704


def filled(template: str, macro: str, values: Mapping[str, Any], *states: Any) -> Markup:
    """What `macro` writes of `values` in these `states`, which are hashable and few.

    The macro's first argument has the values as attributes, the others are the states; it asks nothing of the
    reader but through them. Raises KeyError when it prints a value that is not given.
    """
    pieces, names = _mould(language(), template, macro, states)
    ready = {name: _safe(values[name] if name != "csrf" else _proof()) for name in names}
    whole = pieces.copy()
    whole[1::2] = [ready[name] for name in pieces[1::2]]
    return Markup("".join(whole))  # noqa: S704


def _safe(value: Any) -> str:
    """A value as markup; numbers and markup, which need no escaping, are most of them."""
    kind = type(value)
    return value if kind is Markup else str(value) if kind is int else escape(value)


@lru_cache(maxsize=1024)
def _mould(_language: str, template: str, macro: str, states: tuple[Any, ...]) -> tuple[list[str], set[str]]:
    """Literal markup and names of slots, in turns, and the names once each."""
    env: Environment = current_app.extensions["participa.moulds"]
    pieces = _SLOT.split(str(getattr(env.get_template(template).module, macro)(Slots(), *states)))
    return pieces, set(pieces[1::2])


@lru_cache(maxsize=4096)
def _label(_language: str, macro: str, values: tuple[Any, ...]) -> Markup:
    env: Environment = current_app.extensions["participa.moulds"]
    return Markup(getattr(env.get_template("ui/labels.html").module, macro)(*values))  # noqa: S704


def label(macro: str, *values: Any) -> Markup:
    """A label of `ui/labels.html`, kept ready for these few values."""
    return _label(language(), macro, values)


def _proof() -> Markup:
    """The proof of origin that forms carry, asked for once a request."""
    held: Markup | None = g.get("proof")
    if held is None:
        held = g.proof = escape(current_app.jinja_env.globals["csrf_token"]())  # type: ignore[operator]
    return held


def init_app(app: Flask) -> None:
    """Give templates `filled` and `label`; comes after everything that gives them something else."""
    moulds = app.jinja_env.overlay()
    moulds.globals = app.jinja_env.globals | {"csrf_token": lambda: slot("csrf")}
    app.extensions["participa.moulds"] = moulds
    app.jinja_env.globals.update(filled=filled, label=label)
