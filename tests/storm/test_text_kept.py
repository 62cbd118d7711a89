"""A server killed while somebody writes takes no word with it."""

import contextlib
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.processes import Instance, all_gone, eventually

PASSWORD = "participa-demo-2026"
TITLE = "Ouvrir la cour de l’école le samedi"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    """The demonstration, at an address that stays the same: a browser keeps copies by address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Instance(tmp_path / "instance", PORT=str(port))
    yield made
    made.stop()


def test_what_is_typed_while_the_server_is_killed_is_found_again(
    instance: Instance, chromium: Browser
) -> None:
    address = instance.start()
    context = chromium.new_context(base_url=address, locale="fr-FR")
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=email]", "irev@demo.example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto("/e/sante")
    tools = page.locator(".subnav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    new = f"{tools[1]}/new"
    page.goto(new)
    page.get_by_label("Titre").fill(TITLE)
    page.keyboard.press("Tab")
    expect(page.locator("#draft-status")).to_contain_text("Brouillon enregistré")

    everything = instance.everything()
    for process in everything:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    assert eventually(lambda: all_gone(everything))
    assert instance.process is not None
    instance.process.wait()
    page.get_by_role("textbox", name="Texte").fill("Écrit pendant que le serveur n’était plus là.")
    page.keyboard.press("Tab")
    expect(page.locator("#draft-status")).to_contain_text("Non enregistré", timeout=30_000)
    page.close(run_before_unload=False)

    assert instance.start() == address
    page = context.new_page()
    page.goto("/drafts")
    expect(page.get_by_role("link", name=re.compile(TITLE))).to_be_visible()
    page.goto(new)
    expect(page.get_by_text("n’a jamais été enregistré")).to_contain_text(TITLE)
    page.get_by_role("button", name="Les mettre dans le formulaire").click()
    expect(page.get_by_role("textbox", name="Texte")).to_have_value(
        "Écrit pendant que le serveur n’était plus là."
    )
    expect(page.locator("#draft-status")).to_contain_text("Brouillon enregistré")
    context.close()
