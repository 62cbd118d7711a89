"""Take the pictures of the papers: start the demonstration in a throw-away folder, and look at it as its members do."""

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.processes import Instance

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "fr" / "images"
PASSWORD = "participa-demo-2026"  # noqa: S105 - printed by every demonstration
MOST_EACH, MOST_TOGETHER = 250_000, 2_500_000
"""Bytes that the pictures may weigh."""

TOP = "e => Math.max(0, e.getBoundingClientRect().top + scrollY - 24)"
MEMBER, NEIGHBOUR, MODERATOR, COORDINATOR = (
    f"{name}@demo.example.org" for name in ("irev", "oriv", "moderation", "coordination")
)
SPACE = "/e/sante"


def main() -> int:
    """Take them all; tells when they weigh too much."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="participa-screenshots-") as folder,
        sync_playwright() as playwright,
    ):
        instance = Instance(Path(folder) / "instance")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            address = instance.start()
            take_all(Camera(browser, address))
        finally:
            browser.close()
            instance.stop()
    weights = {path.name: path.stat().st_size for path in sorted(IMAGES.glob("*.png"))}
    print(*(f"{weight // 1000:>5} kB  {name}" for name, weight in weights.items()), sep="\n")
    return int(max(weights.values()) > MOST_EACH or sum(weights.values()) > MOST_TOGETHER)


class Camera:
    """Looks at the pages of one instance."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.windows: dict[tuple[str, int], Page] = {}

    def window(self, person: str, width: int = 1280) -> Page:
        """The window of somebody who is signed in."""
        if (person, width) not in self.windows:
            page = self.browser.new_context(
                base_url=self.address, viewport={"width": width, "height": 900}, locale="fr-FR"
            ).new_page()
            page.goto("/sign-in")
            page.fill("input[name=email]", person)
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "sign-in" not in url)
            self.windows[person, width] = page
        return self.windows[person, width]

    def take(
        self,
        name: str,
        person: str,
        path: str | None,
        *,
        before: Callable[[Page], object] = lambda page: None,
        width: int = 1280,
        height: int = 900,
        at: str | None = None,
    ) -> None:
        """Take the top of a page, or what begins at the element `at`; `before` acts on the page first."""
        page = self.window(person, width)
        if path is not None:
            page.goto(path)
        before(page)
        page.wait_for_load_state("networkidle")
        top = page.locator(at).first.evaluate(TOP) if at else 0
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.screenshot(
            path=IMAGES / f"{name}.png",
            full_page=True,
            clip={"x": 0, "y": top, "width": width, "height": min(height, whole - top)},
        )


def picture(name: str) -> FilePayload:
    """A landscape of three bands, as a file to send."""
    image = Image.new("RGB", (960, 720), "#9bb7c9")
    image.paste("#7d8f69", (0, 420, 960, 720))
    image.paste("#d8c9a7", (240, 260, 720, 520))
    content = io.BytesIO()
    image.save(content, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": content.getvalue()}


def document(name: str) -> FilePayload:
    """A document, as a file to send."""
    return {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7" + bytes(80_000)}


def take_all(camera: Camera) -> None:
    """The pictures, in the order of the papers."""
    page = camera.window(MEMBER)
    page.goto(SPACE)
    tools = page.locator(".subnav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    proposals, debates = tools[1:3]
    page.goto(f"{proposals}?order=comments")
    proposal = page.locator("main h3 a").first.get_attribute("href") or ""
    page.goto(debates)
    debate = page.locator("main h3 a").first.get_attribute("href") or ""

    camera.take("accueil", MEMBER, "/")
    camera.take("espace", MEMBER, SPACE)
    camera.take("propositions", MEMBER, proposals)
    camera.take("trouver", MEMBER, f"{proposals}?view=compact&state=discussed&order=supports", height=860)
    page.goto(f"{proposals}?view=list")
    camera.take("proposition", MEMBER, proposal)
    camera.take("telephone", MEMBER, proposal, width=360, height=800)
    camera.take("commentaires", MEMBER, proposal, at="#comments", height=800)
    camera.take("debat", MEMBER, debate, height=1600)
    page.goto(debate)
    argument = page.locator('.arg a[href*="/arguments/"]').first.get_attribute("href") or ""
    camera.take("argument", MEMBER, argument.partition("#")[0], height=800)
    camera.take("questions", MEMBER, f"{argument.partition('/arguments/')[0]}/questions", height=860)
    camera.take("clore", MODERATOR, f"{argument.partition('/arguments/')[0]}/close", height=900)

    def write(page: Page) -> None:
        page.get_by_label("Titre").fill("Ouvrir les cours d’école le samedi")
        page.get_by_role("textbox", name="Texte").fill(
            "Dans nos quartiers, la cour de l’école est souvent le seul espace planté.\n\n"
            "**Nous proposons** de l’ouvrir le samedi, avec les parents et les associations."
        )

    camera.take("proposer", MEMBER, f"{proposals}/new", before=write)

    def join(page: Page) -> None:
        page.set_input_files("#files", [picture("cour.png"), document("plan.pdf")])
        page.get_by_label("Ce qu’elle montre").fill("La cour de l’école, vue de la rue")
        page.get_by_text("plan.pdf", exact=True).wait_for()

    camera.take("fichiers", MEMBER, f"{proposals}/new", before=join, at="[data-files]", height=620)

    def report(page: Page) -> None:
        page.get_by_label("Hors sujet").check()
        page.get_by_role("textbox").last.fill("Ce commentaire parle d’un autre sujet.")

    page.goto(proposal)
    number = (page.locator("article.comment").first.get_attribute("id") or "")[1:]
    camera.take("signaler", MEMBER, f"/report/{number}", before=report, height=760)
    page.get_by_role("button", name="Signaler").click()
    page.wait_for_url("**/c/**")
    camera.take("notifications", NEIGHBOUR, "/notifications/settings")

    camera.take("moderation", MODERATOR, "/moderation", height=1000)
    camera.take("repondre", MODERATOR, f"{proposals}/{proposal.rpartition('/')[2].partition('-')[0]}/answer")
    camera.take(
        "reglages", COORDINATOR, f"{SPACE}/components/{proposals.rpartition('/')[2]}/settings", height=1000
    )

    take_curating(camera, proposal)
    camera.take("membres", COORDINATOR, "/coordination/members")

    def paste(page: Page) -> None:
        page.locator("#pasted").fill(
            "adresse;nom;fonction;centre\n"
            "accueil@exemple.fr;Accueil de l’IREV;Chargée de mission;IREV\n"
            "documentation@exemple.fr;Documentation;;ORIV\n"
            "sans-arobase;Une adresse à corriger;;IREV\n"
        )
        page.get_by_role("button", name="Vérifier la liste").click()
        page.wait_for_url("**/list")

    camera.take("inviter", COORDINATOR, "/coordination/invitations/new", before=paste)

    def bring(page: Page) -> None:
        content = (
            "numéro;titre;texte;sujet\n1;Un verger par quartier;Planter avec les habitants.;\n"
            "2;;Une idée sans titre.;\n3;Des bancs à l’ombre;Un tous les cent mètres.;Parcs\n"
        )
        page.get_by_label("Fichier", exact=True).set_input_files(
            {"name": "atelier.csv", "mimeType": "text/csv", "buffer": content.encode()}
        )
        page.get_by_label("D’où viennent ces textes").fill("Atelier du 14 juin")
        page.get_by_role("button", name="Lire le fichier").click()
        page.get_by_role("button", name="Vérifier les lignes").click()
        page.wait_for_load_state()

    camera.take("importer", COORDINATOR, f"{proposals}/import", before=bring, height=860)
    camera.take("journal", COORDINATOR, "/coordination/log", height=800)


def take_curating(camera: Camera, proposal: str) -> None:
    """The pictures of the first month: the desk, the acts, a space being opened, its topics."""

    def curate(page: Page) -> None:
        """Pin one, feature another, sort some: the acts have something to undo."""
        for act in ("Épingler en tête de liste", "Mettre à la une"):
            page.goto(proposal)
            page.locator("summary", has_text="Épingler").click()
            page.get_by_role("button", name=act).click()
            page.wait_for_load_state()

    curate(camera.window(COORDINATOR))
    camera.take("bureau", MODERATOR, "/desk", height=1100)
    camera.take("actes", COORDINATOR, "/acts", height=620)
    camera.take("ouvrir", COORDINATOR, "/e/new?template=consultation", height=1000)

    def grow(page: Page) -> None:
        for name, under in (("Prévention", ""), ("À l’école", "Prévention"), ("Accès aux soins", "")):
            page.get_by_label("Nom", exact=True).fill(name)
            if under:
                page.get_by_label("Sous").select_option(label=under)
            page.get_by_role("button", name="Ajouter le sujet").click()
            page.wait_for_load_state()

    camera.take("sujets", COORDINATOR, f"{SPACE}/topics", before=grow, height=1000)


if __name__ == "__main__":
    sys.exit(main())
