"""Addresses of static files."""

from pathlib import Path

from flask import Flask

from participa import display


def _asset(folder: Path, name: str) -> str:
    return display.assets_of(Flask("site", static_folder=str(folder), static_url_path="/static"))(name)


def test_the_address_of_a_file_changes_with_its_content(tmp_path: Path) -> None:
    sheet = tmp_path / "theme.css"
    sheet.write_text("a {}")
    before = _asset(tmp_path, "theme.css")
    sheet.write_text("b {}")
    assert before.startswith("/static/theme.css?v=")
    assert _asset(tmp_path, "theme.css") != before


def test_vendored_files_keep_the_address_the_style_sheet_uses(tmp_path: Path) -> None:
    name = "vendor/bootstrap/bootstrap.min.css"
    assert _asset(tmp_path, name) == f"/static/{name}"
