"""The whole permission map on one screen: every route, for everybody, in spaces of every visibility.

A new route fails here until it is in the table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session, scoped_session

from participa.attachments.models import Attachment, Purpose
from participa.attachments.services import Chosen, join, take_in
from participa.auth.models import Member
from participa.authorization import Role
from participa.comments import services as comments
from participa.comments.queries import find_root
from participa.contributions import services as contributions
from participa.contributions.models import Contribution, Draft, SearchDocument, Version
from participa.db import clock, db, set_clock
from participa.debates.models import Argument
from participa.follows.services import follow
from participa.mail.models import OutgoingMail
from participa.moderation.models import Act, Decision, Reason
from participa.notifications.models import Notification
from participa.permissions import ELSEWHERE, PEOPLE, TABLE, Audience, audience_of, is_allowed
from participa.proposals.answering.models import AnswerTemplate
from participa.spaces.models import (
    Component,
    Phase,
    ShareLink,
    Space,
    SpaceGroup,
    SpaceKind,
    Topic,
    Visibility,
)
from tests.factories import Factory
from tests.tools import Browserlike
from tools.permissions import PAGE, page


@dataclass(slots=True)
class World:
    """One space of some visibility with everything in it, and everybody."""

    people: dict[str, Member | None]
    arguments: dict[str, Any]
    texts: dict[str, int]
    """What `contribution_id` stands for, by endpoint."""


@pytest.fixture
def build(session: scoped_session[Session], make: Factory) -> Callable[[Visibility], World]:
    """Build the world."""

    def world(visibility: Visibility) -> World:
        centre = make.centre("IREV")
        space = make.space("Lieu", visibility=visibility, kind=SpaceKind.PROCESS)
        people: dict[str, Member | None] = {name: make.member(name, centre) for name in PEOPLE[1:-1]}
        people |= {"visitor": None, "coordinator": make.coordinator("coordinator")}
        for name, role in (
            ("guest", Role.GUEST),
            ("member", Role.MEMBER),
            ("author", Role.MEMBER),
            ("moderator", Role.MODERATOR),
            ("administrator", Role.ADMINISTRATOR),
        ):
            person = people[name]
            assert person is not None
            make.role(person, space, role)
        author = people["author"]
        assert author is not None
        someone = make.member("Quelqu’un")
        proposals, debates = make.component("proposals", space), make.component("debates", space)
        proposal, debate = make.proposal(proposals, author), make.debate(debates, author)
        stranger = make.proposal(proposals, someone)
        argument = Argument(
            component_id=debates.id,
            author_id=author.id,
            about_id=debate.id,
            debate_id=debate.id,
            side=1,
            body="Oui.",
        )
        contributions.put(session, argument)
        draft = Draft(
            author_id=author.id, form="proposal", target="/", fields={"title": "Un titre"}, saved_at=clock()
        )
        session.add(draft)
        debate.guest_id = someone.id
        question = make.question(debate, author)
        file = take_in(author, "notes.txt", b"Des notes.")
        join(session, author, proposal, [Chosen(file.id)])
        template = AnswerTemplate(
            component_id=proposals.id, name="Merci", state_id=make.state(proposals, "accepted").id
        )
        session.add(template)
        document = Attachment(
            space_id=space.id,
            purpose=Purpose.DOCUMENT,
            title="Le guide",
            url="https://exemple.fr/guide",
            created_at=clock(),
        )
        session.add(document)
        # a group is seen by whoever may read one of its spaces
        group = SpaceGroup(name="Un groupe", slug="un-groupe", created_at=clock())
        session.add(group)
        session.flush()
        shown = make.space("Montré", group_id=group.id)
        session.add(
            Decision(
                act=Act.KEEP,
                contribution_id=proposal.id,
                moderator_id=someone.id,
                reason=Reason.OTHER,
                at=clock(),
            )
        )
        link = ShareLink(space_id=space.id, created_at=clock(), expires_at=clock())
        topic = Topic(space_id=space.id, name="Un thème")
        session.add_all([link, topic])
        session.commit()
        root = find_root(proposal.id)
        assert root is not None
        comment = comments.post(author, root, "Un commentaire de plus.")
        ids = {
            "slug": space.slug,
            "space_id": space.id,
            "proposal_id": proposal.id,
            "debate_id": debate.id,
            "comment_id": comment.id,
            "argument_id": argument.id,
            "question_id": question.id,
            "draft_id": draft.id,
            "file_id": file.id,
            "wide": "s",
            "state_id": make.state(proposals, "evaluating").id,
            "template_id": template.id,
            "member_id": someone.id,
            "centre_id": centre.id,
            "invitation_id": 0,
            "title": "x",
            "side": "for",
            "form": "json",
            "page": "charter",
            "language": "fr",
            "code": "en",
            "filename": "theme.css",
            "proposals": proposals.id,
            "debates": debates.id,
            "centre_slug": centre.slug,
            "group_slug": group.slug,
            "document_id": document.id,
            "block": "feed",
            "shown_id": shown.id,
            "link_id": link.id,
            "topic_id": topic.id,
        }
        return World(
            people,
            ids,
            {"votes.cast": stranger.id, "moderation.hide": stranger.id, "moderation.report": stranger.id},
        )

    return world


def path_of(rule: Any, world: World) -> str:
    """The path of a route in this world."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        if name == "component_id":
            values[name] = world.arguments["debates" if rule.endpoint.startswith("debates.") else "proposals"]
        elif name == "contribution_id":
            values[name] = world.texts.get(rule.endpoint, world.arguments["proposal_id"])
        elif name == "slug" and rule.endpoint.startswith("network."):
            values[name] = world.arguments["centre_slug"]
        elif name == "slug" and rule.endpoint.endswith("group"):
            values[name] = world.arguments["group_slug"]
        else:
            values[name] = world.arguments[name]
    return url_for(rule.endpoint, _external=False, **values)


OF_A_SPACE = {
    Audience.READ,
    Audience.FOLLOW,
    Audience.INSIDE,
    Audience.ACT,
    Audience.AUTHOR,
    Audience.KEEP,
    Audience.MODERATE,
    Audience.ADMINISTER,
}
SENT = {
    "votes.cast": {"value": "1"},
    "auth.language": {"language": "fr"},
    "debates.argue": {"side": "for", "body": "Un argument."},
    "debates.ask": {"body": "Une question ?"},
    "comments.post": {"body": "Un commentaire."},
    "attachments.change": {"files-of": "{proposals}"},
    "spaces.give": {"member": "{member_id}", "role": "member"},
    "spaces.relate": {"space": "{shown_id}"},
}
NEEDS_MORE = {
    "admin.copy_invitation",
    "admin.resend_invitation",
    "admin.revoke_invitation",
    "admin.topic",
    "admin.edit_page",
    "spaces.move",
    "proposals.invite_author",
}

"""Allowed people get a 404 here, the thing named not being there; the others must not come as far."""


def sent(endpoint: str, world: World) -> dict[str, str]:
    """What is posted, enough to come as far as the rule."""
    return {name: value.format(**world.arguments) for name, value in SENT.get(endpoint, {}).items()}


def test_every_route_is_in_the_table(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("admin.")}
    assert routes == set(TABLE) | set(ELSEWHERE)


def test_the_page_of_permissions_is_the_map(app: Flask) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(app), "make permissions"


@pytest.mark.parametrize(
    "visibility",
    [
        Visibility.PUBLIC,
        Visibility.PRIVATE,
        pytest.param(Visibility.MEMBERS, marks=pytest.mark.long),
        pytest.param(Visibility.TRANSPARENT, marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("person", PEOPLE)
def test_every_route_answers_what_the_table_says(
    app: Flask,
    build: Callable[[Visibility], World],
    sign_in: Callable[[Member], Browserlike],
    client: Browserlike,
    visibility: Visibility,
    person: str,
) -> None:
    world = build(visibility)
    who = world.people[person]
    browser = sign_in(who) if who else client
    connection = db.engines[None]
    wrong = []
    with app.test_request_context():
        paths = [
            (rule, method, path_of(rule, world))
            for rule in app.url_map.iter_rules()
            if rule.endpoint not in ELSEWHERE
            and (visibility == Visibility.PUBLIC or audience_of(rule.endpoint) in OF_A_SPACE)
            for method in sorted((rule.methods or set()) & {"GET", "POST"})
        ]
    for rule, method, path in paths:
        moment = clock()
        db.session.commit()
        savepoint = connection.begin_nested()  # type: ignore[attr-defined]
        with browser.session_transaction() as cookie:
            kept = dict(cookie)
        answer = browser.open(
            path, method=method, data=sent(rule.endpoint, world) if method == "POST" else None
        )
        db.session.remove()
        savepoint.rollback()
        set_clock(moment)
        with browser.session_transaction() as cookie:
            cookie.clear()
            cookie.update(kept)
        refused = answer.status_code in (401, 403, 404) or "/sign-in" in answer.headers.get("Location", "")
        expected = is_allowed(audience_of(rule.endpoint), person, visibility)
        if answer.status_code >= 500 or (
            refused == expected
            and not (expected and rule.endpoint in NEEDS_MORE and answer.status_code == 404)
        ):
            wrong.append(
                f"{method} {rule.endpoint}: {answer.status_code} {answer.headers.get('Location', '')}"
            )
    assert not wrong, "\n".join(wrong)


CANARY, WORD = "canaripourpre", "prunelle"


def _hide_canaries(world: World) -> None:
    """Put a word that stands nowhere else in all that the private space says."""
    space_id = world.arguments["space_id"]
    inside = [world.arguments["proposals"], world.arguments["debates"]]
    title = case((Contribution.title.is_not(None), CANARY))
    texts = {"title": title, "body": CANARY, "html": f"<p>{CANARY}</p>"}
    said = dict.fromkeys(("name", "summary", "description", "html", "announcement_html", "promoter"), CANARY)
    for model, condition, values in (
        (Space, Space.id == space_id, said),
        (Component, Component.space_id == space_id, {"name": CANARY, "introduction": CANARY}),
        (Phase, Phase.space_id == space_id, {"name": CANARY, "description": CANARY}),
        (Topic, Topic.space_id == space_id, {"name": CANARY}),
        (Attachment, Attachment.space_id == space_id, {"title": CANARY, "folder": CANARY}),
        (Contribution, Contribution.component_id.in_(inside), texts),
        (
            Version,
            Version.contribution_id == world.arguments["proposal_id"],
            {"title": CANARY, "body": CANARY},
        ),
        (
            SearchDocument,
            SearchDocument.component_id.in_(inside),
            {"vector": func.to_tsvector("simple", WORD)},
        ),
    ):
        rows = update(model).where(condition).values(values)
        db.session.execute(rows.execution_options(synchronize_session=False))
    db.session.commit()


def test_a_private_space_shows_nowhere_to_others(
    app: Flask,
    build: Callable[[Visibility], World],
    sign_in: Callable[[Member], Browserlike],
    client: Browserlike,
    run_jobs: Callable[[], int],
) -> None:
    world = build(Visibility.PRIVATE)
    outsider, member, author = (world.people[name] for name in ("outsider", "member", "author"))
    assert outsider is not None
    assert member is not None
    assert author is not None
    root = find_root(world.arguments["proposal_id"])
    assert root is not None
    for who in (outsider, member):  # the outsider belonged to it, once
        follow(db.session, who.id, space_id=world.arguments["space_id"])
        follow(db.session, who.id, contribution_id=root.id)
    comments.post(author, root, f"Du nouveau : {CANARY}.")
    _hide_canaries(world)
    browsers = {"visitor": client, "outsider": sign_in(outsider), "member": sign_in(member)}
    numbers = {who.id: name for name, who in (("outsider", outsider), ("member", member))}
    run_jobs()
    with app.test_request_context():
        paths = {
            path_of(rule, world)
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
            and not rule.endpoint.startswith("admin.")
            and set(rule.arguments) <= set(world.arguments) | {"component_id", "contribution_id"}
        }
    paths |= {
        f"/search?q={WORD}",
        f"/search?q={WORD}&kind=proposal",
        "/?before=2999-01-01T00:00:00%2B00:00_1",
    }
    seen: dict[str, set[str]] = {name: set() for name in browsers}
    for name, browser in browsers.items():
        for path in sorted(paths):
            if CANARY in browser.get(path).get_data(as_text=True):
                seen[name].add(path)
    assert seen["visitor"] == seen["outsider"] == set()
    for path in ("/", "/spaces", f"/search?q={WORD}", "/notifications"):  # where those inside do see it
        assert path in seen["member"], path
    mails = db.session.execute(select(OutgoingMail.recipient_id, OutgoingMail.text, OutgoingMail.subject))
    told = {numbers.get(number or 0) for number, *words in mails if CANARY in " ".join(words)}
    assert "outsider" not in told
    inbox = db.session.scalars(select(Notification.recipient_id)).all()
    assert outsider.id not in inbox
