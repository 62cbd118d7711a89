"""Templates keep the house's order."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(
    str(path.relative_to(ROOT)) for path in ROOT.rglob("*.*") if path.suffix in (".html", ".txt")
)
PAGES = [name for name in TEMPLATES if not re.search(r"(^|/)_|^ui/|^emails/|^base\.html$", name)]


def _environment(app: Flask) -> Environment:
    return app.jinja_env


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_parses_and_finds_what_it_names(app: Flask, name: str) -> None:
    env = _environment(app)
    tree = env.parse((ROOT / name).read_text(encoding="utf-8"))
    for other in meta.find_referenced_templates(tree):
        assert other is None or (ROOT / other).is_file()
    env.get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_imports_nothing_it_does_not_use(app: Flask, name: str) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")
    tree = _environment(app).parse(source)
    imported: list[str] = []
    for node in tree.find_all((nodes.FromImport, nodes.Import)):
        if isinstance(node, nodes.FromImport):
            imported += [item[1] if isinstance(item, tuple) else item for item in node.names]
        else:
            imported.append(node.target)  # type: ignore[attr-defined]
    used = [node.name for node in tree.find_all(nodes.Name)]
    assert [name for name in imported if name not in used] == []


@pytest.mark.parametrize("name", PAGES)
def test_it_extends_the_base(name: str) -> None:
    assert re.search(
        r'{% extends "(base\.html|\w+/_\w+\.html)" %}', (ROOT / name).read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.startswith("emails/")])
def test_it_has_no_inline_style_or_script(name: str) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(
        r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|[^-]hx-(?!\w*=)", source.replace("data-hx-", "")
    )
