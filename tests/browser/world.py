"""A small network with one of everything, and the address of every kind of page in it."""

# ruff: noqa: C901, E501 - lists of addresses and of what stands behind them

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from PIL import Image

from participa.attachments.models import Attachment, Purpose
from participa.attachments.services import Chosen, take_in
from participa.auth.links import write_link
from participa.auth.models import Member
from participa.auth.services import invitations
from participa.authorization import Role
from participa.comments import services as comments
from participa.comments.queries import find_root
from participa.contributions import services as contributions
from participa.contributions.authors import add_authors
from participa.contributions.queries import find_contribution
from participa.curation.services import feature, pin
from participa.db import clock, transaction
from participa.debates import services as debates
from participa.debates.forms import Draft as DebateDraft
from participa.debates.questions import services as questions
from participa.exports.models import Format
from participa.exports.services import ask
from participa.follows.services import follow
from participa.imports import services as imports
from participa.imports.files import read
from participa.imports.models import Stage
from participa.moderation import services as moderation
from participa.moderation.models import Reason
from participa.network.pages import PageDraft, Place, add_page
from participa.notifications.services import unsubscribe_token
from participa.proposals import services as proposals
from participa.proposals.amendments import services as amending
from participa.proposals.amendments.forms import Draft as Amended
from participa.proposals.answering.models import AnswerTemplate
from participa.proposals.answering.services import Given, Seen, answer
from participa.proposals.authors import services as writing
from participa.proposals.forms import Draft
from participa.proposals.lineage import services as lineage
from participa.proposals.lineage.queries import lineages
from participa.spaces.models import (
    JoinRequest,
    RelatedSpace,
    ShareLink,
    SpaceGroup,
    SpaceKind,
    Topic,
    Visibility,
)
from participa.spaces.sharing.services import token_of
from participa.votes import services as votes
from tests.browser.conftest import Live

LONG = (
    "Une proposition dont le titre est aussi long que la plateforme le permet, pour voir comment les pages le "
    "montrent à 360 px, anticonstitutionnellement"
)
SEND = "(form) => { form.noValidate = true; form.requestSubmit(form.querySelector('[type=submit]')); }"


@dataclass(frozen=True, slots=True)
class Stop:
    """One page to look at: its address, who opens it, and what is sent from it first."""

    reader: str
    address: str
    status: int = 200
    send: str = ""
    """A selector of the form to send as it stands, to see the page that answers."""
    fill: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.reader} {self.address}" + (f" sends {self.send}" if self.send else "")


@dataclass(slots=True)
class World:
    """The people and the pages."""

    people: dict[str, Member | None]
    stops: list[Stop]


NOT_PAGES = {
    "admin.log_file", "space_files.take_space",
    "static", "health.healthz", "health.readyz", "admin.list_model",
    "attachments.show", "comments.mention", "comments.more", "comments.new", "comments.news", "contributions.claim", "debates.export", "proposals.feed", "proposals.file",
    "exports.download", "imports.model", "fail",
}  # fmt: skip
"""What a GET answers with something else than a page of its own: files, fragments, redirections, test errors."""


def endpoints(app: Flask) -> set[str]:
    """Every kind of page."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - NOT_PAGES


def make_world(live: Live) -> World:
    """Fill an empty network and say what there is to see."""
    make, session = live.make, live.session
    east, west = (
        make.centre("Centre de l’Est", territory="Grand Est", city="Metz"),
        make.centre("Centre de l’Ouest"),
    )
    make.centre("Centre qui est seul")
    coordinator = live.account("Coordinatrice", centre=east, is_coordinator=True)
    moderator = live.account("Modératrice", centre=west, function="Chargée de mission")
    author = live.account("Autrice", centre=east, function="Directrice")
    reader = live.account("Lectrice", centre=west)
    spammer = live.account("Vendeur", centre=west)
    today = clock().date()
    space = make.space(
        "Santé", accent="sante", summary="Ce que la santé doit aux quartiers.", kind=SpaceKind.PROCESS,
        html="<p>Un espace pour <b>tout</b> ce qui touche à la santé.</p>",
        phases=[
            ("Proposer", today - timedelta(days=20), today - timedelta(days=10)),
            ("Débattre", today - timedelta(days=9), today + timedelta(days=9)),
        ],
    )  # fmt: skip
    empty = make.space("Espace vide", visibility=Visibility.MEMBERS)
    group = SpaceGroup(
        name="Rendez-vous", slug="rendez-vous", summary="Ce qui revient tous les ans.", created_at=clock()
    )
    session.add(group)
    session.flush()
    event = make.space(
        "Journées", kind=SpaceKind.EVENT, group_id=group.id, starts_on=today, ends_on=today + timedelta(days=1),
        programme_html="<p>Accueil à neuf heures.</p>", promoter="Centre de l’Est",
        announcement_html="<p>Les inscriptions sont <b>ouvertes</b>.</p>", document_count=1,
        blocks=[
            {"id": "action", "kind": "action", "settings": {"title": "Venez !", "label": "Les espaces", "href": "/spaces"}},
            {"id": "programme", "kind": "programme"},
            {"id": "words", "kind": "text", "settings": {"title": "Y aller", "body": "x", "html": "<p>En train.</p>"}},
            {"id": "papers", "kind": "documents", "settings": {"folder": "Plans"}},
            {"id": "related", "kind": "related"},
        ],
    )  # fmt: skip
    peers = make.space("Entre pairs", visibility=Visibility.TRANSPARENT, kind=SpaceKind.ASSEMBLY)
    session.add(
        JoinRequest(space_id=peers.id, member_id=reader.id, message="J’anime un groupe.", asked_at=clock())
    )
    make.role(moderator, peers, Role.MODERATOR)
    document = Attachment(
        space_id=event.id, purpose=Purpose.DOCUMENT, title="Plan d’accès", folder="Plans",
        url="https://exemple.fr/plan", created_at=clock(),
    )  # fmt: skip
    page = add_page(
        coordinator,
        PageDraft(
            {"fr": "Comment participer"}, {"fr": "## D’abord\n\nLisez la charte."}, "Prendre part", Place.MENU
        ),
    )
    shared = Topic(name="Territoires")
    session.add(shared)
    session.flush()
    session.add(Topic(name="Outre-mer", parent_id=shared.id))
    unseen = make.space("Espace caché", published=False)
    make.component("proposals", unseen, published=False)
    ended_link = ShareLink(
        space_id=unseen.id, created_at=clock(), expires_at=clock() + timedelta(days=1), revoked_at=clock()
    )
    working = ShareLink(
        space_id=unseen.id,
        created_at=clock(),
        expires_at=clock() + timedelta(days=1),
        uses=3,
        label="Les centres",
    )
    session.add_all([ended_link, working])
    session.flush()
    withdrawn_link, working_link = token_of(ended_link), token_of(working)
    session.add_all([document, RelatedSpace(space_id=event.id, related_id=space.id, added_at=clock())])
    make.role(moderator, space, Role.MODERATOR)
    make.role(author, space, Role.ADMINISTRATOR)
    tool = make.component(
        "proposals",
        space,
        topics=["Mobilité", "Alimentation"],
        settings={"vote_limit": 5, "threshold_per_proposal": 3, "amendments_enabled": True},
    )
    stances = make.component("proposals", space, settings={"ballot": "stance"})
    talk = make.component("debates", space, topics=["Mobilité"])
    make.component("proposals", empty)
    make.component("debates", empty)

    first = make.proposal(tool, author, title=LONG, body=TEXT, topic_id=tool.topics[0].id)
    plain = [make.proposal(tool, moderator) for _n in range(3)]
    accepted, rejected, withdrawn, hidden, spam = [
        make.proposal(tool, reader if n < 3 else spammer) for n in range(5)
    ]
    mixed = make.proposal(stances, author)
    for proposal, token, body in (
        (accepted, "accepted", "Deux terrains sont **trouvés**."),
        (rejected, "rejected", "Le budget ne le permet pas."),
    ):
        given = Given(make.state(tool, token).id, body)
        answer(moderator, proposal, given, seen=Seen(proposal.revision), publish=True)
    twins = [make.proposal(tool, moderator, title=f"Un annuaire des ateliers, numéro {n}") for n in (1, 2)]
    proposals.withdraw(reader, withdrawn)
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "olive").save(picture, "PNG")
    files = [
        Chosen(take_in(author, "cour.png", picture.getvalue()).id, "Une cour"),
        Chosen(take_in(author, "plan.pdf", b"%PDF-1.7").id),
    ]
    proposals.edit(
        author,
        first,
        Draft(LONG, TEXT + "\n\nUn ajout.", tool.topics[0].id, files=files),
        revision=first.revision,
        reason="Précision",
    )
    for voter in (reader, moderator, spammer):
        votes.cast(voter, first, 1)
    for voter, value in ((reader, 1), (moderator, 0), (spammer, -1)):
        votes.cast(voter, mixed, value)

    comments.post(reader, twins[0], "Une remarque sur l’annuaire.")
    common = lineage.merge(
        moderator, tool, {twin.id: twin.revision for twin in twins}, Draft("Un annuaire commun", TEXT), first=twins[0].id,
        note="Deux fois la même idée.",
    )  # fmt: skip
    act = lineages(common.id)[0]

    comment = comments.post(
        reader, first, "Tout à fait d’accord, avec un [lien](https://exemple.fr).", position=1
    )
    reply = comments.post(author, first, "Merci !", parent=comment)
    comments.post(spammer, first, "Une réponse à la réponse.", parent=reply)
    comments.post(moderator, first, "Pas d’accord.", position=-1)
    removed = comments.post(author, first, "Je retire ceci.", position=0)
    comments.post(reader, first, "Pourquoi ?", parent=removed)
    comments.delete(author, removed)
    votes.cast(author, comment, 1)
    comments.edit(reader, comment, "Tout à fait d’accord, et plus encore.", revision=comment.revision)

    suggested, refused = [
        amending.publish(reader, first, Amended(LONG, text, "Plus précis, et plus court"), base_number=1)
        for text in (TEXT + " Et davantage.", TEXT.replace("e", "é", 3))
    ]
    amending.reject(author, first, refused, "Le budget ne le permet pas.")
    proposals.edit(
        author,
        first,
        Draft(LONG, TEXT + "\n\nUn autre ajout.", tool.topics[0].id),
        revision=first.revision,
    )
    with transaction():
        add_authors(session, first, [(make.member("Co-autrice", west).id, west.id)])
    writing.invite(author, first, spammer)

    debate = make.debate(talk, moderator, body=TEXT, topic_id=talk.topics[0].id, ends_at=make.later(days=5))
    argument = debates.argue(reader, debate, 1, "Moins de voitures devant les écoles.")
    debates.argue(author, debate, -1, "Les livraisons arrivent le mercredi.")
    votes.cast(author, argument, 1)
    shop = comments.post(spammer, debate, "Voyez ma boutique.")
    argued = find_root(argument.id)
    assert argued is not None
    comments.post(author, argued, "Sauf les jours de marché.", nature="nuance")
    answerer = live.account("Invitée", centre=east, function="Directrice d’agence")
    questions.invite(
        moderator, debate, answerer, guest_from=make.later(hours=-1), guest_until=make.later(days=2)
    )
    asked = [
        questions.ask(reader, debate, body)
        for body in ("Comment fait-on en zone rurale ?", "Qui paie les travaux ?")
    ]
    votes.cast(author, asked[1], 1)
    root = find_root(asked[0].id)
    assert root is not None
    comments.post(answerer, root, "Avec les **intercommunalités**.", nature="answer")
    closed, over, upcoming = [make.debate(talk, author) for _n in range(3)]
    debates.close(moderator, closed, "Un essai, **puis** un bilan.", revision=closed.revision)
    over.starts_at, over.ends_at = clock() - timedelta(days=3), clock() - timedelta(days=1)
    upcoming.starts_at = make.later(days=3)
    session.commit()
    debates.edit(
        moderator,
        debate,
        DebateDraft(debate.title or "", TEXT + " Autrement dit.", None, None, debate.ends_at),
        revision=debate.revision,
    )

    for reporter in (reader, author):
        moderation.report(reporter, spam, Reason.SPAM, "Regardez le lien.")
    moderation.report(author, hidden, Reason.OFFENSIVE)
    moderation.hide(moderator, hidden, Reason.OFFENSIVE, "Relisez la charte.")
    moderation.report_member(reader, spammer, Reason.SPAM)
    with transaction():
        for person in (reader, author, moderator):
            follow(session, person.id, space_id=space.id)
        token = write_link(session, reader, timedelta(days=1))
        _kept, invitation = invitations.invite(
            session, coordinator, "une@exemple.fr", "Une personne", None, east.id, "fr"
        )
        for n, name in enumerate(("Envoyée", "Refusée")):
            invitations.invite(
                session, coordinator, f"autre-{n}@exemple.fr", name, "Médiatrice", west.id, "fr"
            )
    draft = contributions.save_draft(
        author, "proposals.new", f"/e/sante/{tool.id}/new", {"title": "Un début", "body": "…"}
    )
    contributions.save_draft(
        author, "comments.post", f"/e/sante/{tool.id}/{first.id}", {"body": "Une réponse"}
    )
    export = ask(reader, tool, "", Format.CSV)
    live.work()
    ask(reader, tool, "order=date", Format.XLSX)
    with live.app.test_request_context():
        table = read(
            "titre;texte;sujet\nUne idée venue d’ailleurs;Son texte;\n;Sans titre;Nulle part\n".encode()
        )
    matching, checked, done, running = [
        imports.start(author, tool, f"atelier-{n}.csv", "Atelier du 14 juin", table) for n in range(4)
    ]
    for one in (checked, done, running):
        one.component = tool
        imports.match(one, one.matching, named=True)
    imports.run(author, done)
    live.work()
    running.stage = Stage.RUNNING
    model = AnswerTemplate(
        component_id=tool.id,
        name="Remercier",
        state_id=make.state(tool, "accepted").id,
        body="Merci, {author}.",
    )
    to_pin, to_feature = find_contribution(first.id), find_contribution(debate.id)
    assert to_pin is not None
    assert to_feature is not None
    pin(moderator, to_pin, pinned=True)
    feature(moderator, to_feature, featured=True)
    session.add(model)
    accepted_state = make.state(tool, "accepted").id
    session.commit()
    states = f"/e/sante/{tool.id}/states"

    base, talks = f"/e/sante/{tool.id}", f"/e/sante/{talk.id}"
    here = f"{base}/{first.id}"
    open_debate = f"{talks}/{debate.id}"
    mine = f"/e/sante/components/{tool.id}/settings"
    unsubscribe = f"/unsubscribe/{unsubscribe_token(reader.id, space.id)}"
    post = "main form[method=post]"

    def stops() -> Iterator[Stop]:  # noqa: PLR0912 -- a list, page by page
        for address in ("/", "/spaces", "/e/sante", base, here, f"/e/sante/{stances.id}/{mixed.id}", open_debate,
                        f"{talks}/{closed.id}", "/centres", "/search?q=proposition", "/sign-in", "/password/forgotten",
                        "/about/charter", "/about/accessibility", "/about/privacy", "/about/help",
                        f"/password/{token}", f"/invitation/{invitation}", unsubscribe):  # fmt: skip
            yield Stop("visitor", address)
        yield Stop("visitor", "/sign-in", 422, send=post, fill={"input[name=email]": "qui@exemple.fr"})
        yield Stop("visitor", f"/password/{token}", 422, send=post)
        yield Stop("visitor", f"/invitation/{invitation}", 422, send=post)
        yield Stop("visitor", "/password/perdu", 410)
        yield Stop("visitor", "/invitation/perdue", 404)
        yield Stop("visitor", "/nulle-part", 404)
        for status in (400, 409, 413, 429, 500, 503):
            yield Stop("reader", f"/error/{status}", status)

        for address in ("/", "/spaces", "/e/sante", "/e/espace-vide", f"/e/espace-vide/{empty.components[0].id}",
                        f"/e/espace-vide/{empty.components[1].id}", base, f"{base}?q=introuvable", f"{base}?order=support",
                        f"{base}?view=compact", f"{base}?mine=drafts&view=list", f"{base}?answer=waiting&author=autrice&centre={east.id}",
                        f"{base}/print", f"{base}/print?q=introuvable", f"{base}/export", f"{base}/export?q=introuvable",
                        "/exports", f"/exports/{export.id}", f"{base}/new", here, f"{here}?order=useful", f"{base}/{accepted.id}", f"{base}/{rejected.id}",
                        f"{base}/{withdrawn.id}", f"/e/sante/{stances.id}", f"/e/sante/{stances.id}/{mixed.id}",
                        f"{base}/{plain[0].id}", f"{here}/versions", talks, f"{talks}/new", open_debate,
                        f"{open_debate}?argument={argument.id}", f"{open_debate}/arguments/for", f"{open_debate}/versions",
                        f"{open_debate}/arguments/{argument.id}", f"{open_debate}/propose/{argument.id}", f"{open_debate}/arguments/map",
                        f"{open_debate}/questions", f"{open_debate}/questions/{asked[0].id}", f"{talks}/questions/{asked[0].id}/delete",
                        f"{talks}/{closed.id}", f"{talks}/{over.id}", f"{talks}/{upcoming.id}",
                        f"/c/{comment.id}", f"/c/{comment.id}/edit", f"/c/{comment.id}/delete", f"/c/{comment.id}/versions",
                        f"/c/{comment.id}/reply", f"{talks}/arguments/{argument.id}/delete",
                        "/centres", "/centres/centre-de-l-est", "/centres/centre-qui-est-seul", "/centres/centre-de-l-est/members",
                        f"/members/{author.id}", f"/members/{reader.id}", f"/report/{first.id}", f"/report/{spam.id}",
                        f"/report/member/{author.id}", "/notifications", "/notifications?unread=1", "/notifications/settings",
                        "/account", "/drafts", "/search", "/search?q=proposition", "/search?q=introuvable"):  # fmt: skip
            yield Stop("reader", address)
        for address in (f"{here}/amendments", f"{base}/{plain[0].id}/amendments", f"{here}/amend",
                        f"{here}/amendments/{suggested.id}?view=split", f"{here}/amendments/{refused.id}"):  # fmt: skip
            yield Stop("reader", address)
        yield Stop("reader", f"{here}/amend", 422, send="#amendment-form", fill={"#title": "Court"})
        yield Stop(
            "reader",
            f"{here}/amend",
            200,
            send="#amendment-form",
            fill={"#body": TEXT + " Et encore un ajout."},
        )
        yield Stop("spammer", here)
        yield Stop("reader", f"{base}/{hidden.id}", 404)
        yield Stop("reader", "/moderation", 403)
        yield Stop("reader", f"{here}/edit", 403)
        yield Stop("reader", f"{base}/new", 422, send="#proposal-form", fill={"#title": "Court"})
        yield Stop(
            "reader",
            f"{base}/new",
            200,
            send="#proposal-form [value=preview]",
            fill={"#title": LONG, "#body": TEXT},
        )
        yield Stop("reader", f"{talks}/new", 422, send="#debate", fill={"#title": "Court"})
        yield Stop("reader", f"/report/{first.id}", 422, send=post)
        yield Stop("reader", "/account", 422, send=post, fill={"#name": ""})
        yield Stop("spammer", f"{base}/{hidden.id}")
        yield Stop("spammer", f"/hidden/{hidden.id}")

        for run in (matching, checked, done, running):
            yield Stop("author", f"{base}/import/{run.id}")
        yield Stop("author", f"{base}/import", 422, send=post)
        for address in (f"{base}/import", f"{base}/import/{checked.id}?columns=1", "/", "/drafts", f"/drafts/{draft.id}", f"{base}/new?draft={draft.id}", here, f"{here}/edit",
                        f"{here}/withdraw", f"{here}/authors", "/e/new", "/e/sante/settings", "/e/sante/phases",
                        "/e/sante/team", "/e/sante/components/new", mine,
                        f"/e/sante/components/{talk.id}/settings", f"{talks}/{upcoming.id}/edit", "/moderation"):  # fmt: skip
            yield Stop("author", address)
        for address in (f"{here}/authors", f"{here}/authors?q=lectrice", f"{here}/amendments/{suggested.id}",
                        f"{here}/amendments/{suggested.id}/accept", f"{here}/amendments/{suggested.id}/reject"):  # fmt: skip
            yield Stop("author", address)
        yield Stop("author", f"{here}/amendments/{suggested.id}/reject", 422, send=post)
        yield Stop("author", f"{here}/edit", 422, send="main form[data-warn]", fill={"#title": ""})
        yield Stop("author", "/e/new", 422, send=post)
        yield Stop("author", "/e/sante/settings", 422, send="main form[data-warn]", fill={"#name": ""})

        for address in ("/", "/moderation", f"/moderation?item=m{spammer.id}", "/moderation/history", f"/moderation/members/{spammer.id}",
                        f"/moderation/hide/{spam.id}", f"/moderation/restore/{hidden.id}", f"{base}/{hidden.id}",
                        f"/hidden/{hidden.id}", f"{here}/answer", f"{base}/{accepted.id}/answer", f"{open_debate}/close", f"{talks}/{closed.id}/conclusions", f"{open_debate}/guest", f"{open_debate}/guest?q=autrice",
                        f"{open_debate}/lift/{shop.id}",
                        f"{talks}/{closed.id}/reopen", here):  # fmt: skip
            yield Stop("moderator", address)
        for address in (f"{here}/merge", f"{here}/merge?q=introuvable", f"{here}/merge?with={plain[0].id}&with={plain[1].id}",
                        f"{here}/split", f"{here}/transfer", f"{base}/{common.id}", f"{base}/{twins[1].id}",
                        f"{base}/{common.id}/lineage/{act.id}/undo"):  # fmt: skip
            yield Stop("moderator", address)
        yield Stop(
            "moderator", f"{here}/merge?with={plain[0].id}", 422, send="#merge-form", fill={"#title": "Court"}
        )
        for address in (f"{here}/merge", f"{here}/merge?q=introuvable", f"{here}/merge?with={plain[0].id}&with={plain[1].id}",
                        f"{here}/split", f"{here}/transfer", f"{base}/{common.id}", f"{base}/{common.id}/lineage/{act.id}/undo",
                        f"{base}/answers", f"{base}/answers?show=late", f"{base}/answers/templates", f"{base}/answers/templates/{model.id}",
                        f"{here}/promise", f"{base}/{accepted.id}/answers", f"{base}/{accepted.id}/history"):  # fmt: skip
            yield Stop("moderator", address)
        for address in (states, f"{states}/{accepted_state}", f"{states}/{accepted_state}/delete"):
            yield Stop("author", address)
        yield Stop(
            "moderator", f"{here}/merge?with={plain[0].id}", 422, send="#merge-form", fill={"#title": "Court"}
        )
        yield Stop("moderator", f"{here}/answer", 422, send="main form[data-warn]")
        yield Stop(
            "moderator",
            f"{open_debate}/close",
            422,
            send="main form[data-warn]",
        )

        for address in ("/e/journees", "/e/journees/settings", "/e/journees/front", "/e/journees/front/words",
                        "/e/journees/documents", "/e/journees/documents/new", f"/e/journees/documents/{document.id}",
                        "/e/journees/image", "/groups/rendez-vous", "/groups/rendez-vous/edit", "/groups/new",
                        "/coordination/front", "/coordination/front/feed"):  # fmt: skip
            yield Stop("coordinator", address)
        yield Stop("coordinator", "/e/journees/documents/new", 422, send="main form[data-warn]")
        for address in (
            "/e/journees/trash",
            "/e/sante/trash",
            "/spaces/trash",
            "/e/sante/duplicate",
            "/e/new?template=day",
        ):
            yield Stop("coordinator", address)
        yield Stop("coordinator", "/coordination/look")
        yield Stop("coordinator", "/spaces/import")
        yield Stop("coordinator", "/spaces/import", 422, send="main form[method=post]")
        for address in ("/about", f"/about/{page.slug}", "/coordination/pages", "/coordination/pages/new",
                        f"/coordination/pages/{page.slug}"):  # fmt: skip
            yield Stop("coordinator", address)
        yield Stop("coordinator", "/coordination/pages/new", 422, send="main form[data-warn]")
        for address in ("/acts", "/acts?space=sante", f"/curate/{tool.id}", f"/curate/{tool.id}?topic=none",
                        f"/curate/text/{first.id}/move", f"/curate/text/{debate.id}/move"):  # fmt: skip
            yield Stop("moderator", address)
        for address in ("/desk", "/desk?space=sante", "/desk?space=espace-vide"):
            yield Stop("coordinator", address)
        yield Stop("moderator", "/desk")
        for address in ("/e/sante/topics", f"/e/sante/topics/{tool.topics[0].id}", "/e/espace-vide/topics", "/e/sante/translation/en", "/coordination/translation/en",
                        "/coordination/topics", f"/coordination/topics/{shared.id}", f"/spaces?topic={shared.id}"):  # fmt: skip
            yield Stop("coordinator", address)
        for address in ("/e/sante/links", "/e/espace-cache/links", "/e/sante/team/list"):
            yield Stop("coordinator", address)
        yield Stop(
            "coordinator",
            "/e/sante/team/list",
            422,
            send="main form[method=post]",
            fill={"#pasted": "sans adresse"},
        )
        yield Stop("visitor", f"/share/{withdrawn_link}", 410)
        yield Stop("visitor", f"/share/{working_link}")
        for reader_of, address in (("reader", "/e/entre-pairs/join"), ("spammer", "/e/entre-pairs/join"),
                                   ("moderator", "/e/entre-pairs/requests"), ("coordinator", "/e/sante/requests")):  # fmt: skip
            yield Stop(reader_of, address)
        yield Stop("coordinator", "/groups/new", 422, send="main form[data-warn]")
        yield Stop(
            "coordinator",
            "/e/journees/front/words",
            422,
            send="main form[data-warn]",
            fill={"#title": "x" * 200},
        )
        yield Stop(
            "author", "/e/sante/phases", 422, send="main form[data-warn]", fill={"#ends_on-0": "2020-01-01"}
        )
        yield Stop(
            "author",
            "/e/sante/phases",
            200,
            send="main form[data-warn]",
            fill={"#ends_on-1": str(today + timedelta(40))},
        )
        for address in ("/", "/spaces", "/spaces/order", "/moderation", "/coordination/members", "/coordination/members?q=introuvable",
                        f"/coordination/members/{reader.id}", "/coordination/invitations", "/coordination/invitations/new",
                        "/coordination/centres", "/coordination/centres/new", f"/coordination/centres/{east.id}",
                        "/coordination/network", "/coordination/network/texts/charter/fr", "/coordination/log",
                        "/coordination/mail"):  # fmt: skip
            yield Stop("coordinator", address)
        yield Stop("coordinator", "/coordination/centres/new", 422, send=post)
        yield Stop("coordinator", "/coordination/invitations/new", 422, send=post)
        yield Stop(
            "coordinator", "/coordination/invitations/new", 422, send="main form[action$=list]",
            fill={"#pasted": "email;nom;fonction;centre\nbonne@exemple.fr;Bonne;;Centre de l’Est\nfausse;Fausse;;Nulle part\n"},
        )  # fmt: skip

    people: dict[str, Member | None] = {
        "visitor": None, "reader": reader, "author": author, "moderator": moderator,
        "spammer": spammer, "coordinator": coordinator,
    }  # fmt: skip
    return World(people, list(stops()))


TEXT = """Un constat, **chiffré** : un habitant sur trois renonce à se soigner.

## Ce que nous proposons

- une maison de santé par quartier ;
- un *médiateur* dans chacune.

> « Rien pour nous sans nous. »

Voir [le rapport](https://exemple.fr/rapport), page 12.
"""
