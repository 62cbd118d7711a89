"""The whole permission map on one screen: every route, for everybody, in spaces of every visibility.

A new route fails here until it is in the table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy.orm import Session, scoped_session

from participa.attachments.models import Attachment, Purpose
from participa.attachments.services import Chosen, join, take_in
from participa.auth.models import Member
from participa.authorization import Role
from participa.comments import services as comments
from participa.comments.queries import find_root
from participa.contributions import services as contributions
from participa.contributions.models import Draft
from participa.db import clock, db, set_clock
from participa.debates.models import Argument
from participa.moderation.models import Act, Decision, Reason
from participa.proposals.answering.models import AnswerTemplate
from participa.spaces.models import ShareLink, SpaceGroup, SpaceKind, Topic, Visibility
from tests.factories import Factory
from tests.tools import Browserlike

ANYONE = "anyone"
"""Even where visitors may not read."""
ENTER = "enter"
"""Whoever may enter the network."""
SIGNED_IN = "signed in"
READ = "read"
"""Readers of the space."""
ACT = "act"
"""Those who take part in the space."""
MODERATE = "moderate"
KEEP = "keep"
ADMINISTER = "administer"
CURATE = "curate"
"""Whoever curates any space, and coordinators."""
COORDINATE = "coordinate"
AUTHOR = "author"
"""Only the author, where they may take part."""

TABLE: dict[str, str] = {
    # accounts
    "auth.sign_in": ANYONE,
    "auth.forgotten": ANYONE,
    "auth.language": ANYONE,
    "auth.account": SIGNED_IN,
    "auth.change_password": SIGNED_IN,
    "auth.sessions": SIGNED_IN,
    # the network
    "home.index": ANYONE,
    "network.text": ANYONE,
    "network.centres": ENTER,
    "network.centre": ENTER,
    "network.centre_members": SIGNED_IN,
    "network.member": SIGNED_IN,
    "search.index": ENTER,
    "spaces.index": ENTER,
    "spaces.group": ENTER,
    "spaces.new_group": COORDINATE,
    "spaces.edit_group": COORDINATE,
    "spaces.close_group": COORDINATE,
    # a space
    "spaces.show": READ,
    "proposals.index": READ,
    "proposals.show": READ,
    "proposals.compare": READ,
    "proposals.ask_export": "follow",
    "proposals.export": READ,
    "proposals.feed": READ,
    "proposals.file": READ,
    "proposals.to_print": READ,
    "debates.index": READ,
    "debates.show": READ,
    "debates.compare": READ,
    "debates.arguments": READ,
    "debates.argument": READ,
    "debates.questions": READ,
    "debates.question": READ,
    "debates.export": READ,
    "debates.picture": READ,
    "attachments.show": READ,
    "attachments.change": ACT,
    "comments.show": READ,
    "comments.more": READ,
    "comments.mention": "follow",
    "comments.new": READ,
    "comments.news": READ,
    "comments.compare": READ,
    "proposals.new": ACT,
    "proposals.find_similar": ACT,
    "debates.new": ACT,
    "debates.argue": ACT,
    "debates.near": ACT,
    "debates.ask": ACT,
    "comments.post": ACT,
    "comments.reply": ACT,
    "votes.cast": ACT,
    "proposals.edit": AUTHOR,
    "proposals.withdraw": AUTHOR,
    "proposals.amendments": READ,
    "proposals.authors": AUTHOR,
    "proposals.invite_author": AUTHOR,
    "proposals.cancel_author": AUTHOR,
    "debates.edit": AUTHOR,
    "debates.delete_argument": AUTHOR,
    "debates.delete_question": AUTHOR,
    "comments.edit": AUTHOR,
    "comments.delete": AUTHOR,
    "proposals.history": READ,
    "proposals.answers": READ,
    "proposals.answer": MODERATE,
    "proposals.internal_answer": MODERATE,
    "proposals.promise": MODERATE,
    "proposals.desk": MODERATE,
    "proposals.answer_many": MODERATE,
    "proposals.templates": MODERATE,
    "proposals.template": MODERATE,
    "proposals.delete_template": MODERATE,
    "proposals.states": ADMINISTER,
    "proposals.state": ADMINISTER,
    "proposals.move_state": ADMINISTER,
    "proposals.delete_state": ADMINISTER,
    "proposals.merge": MODERATE,
    "proposals.split": MODERATE,
    "proposals.transfer": MODERATE,
    "debates.close": KEEP,
    "debates.guest": MODERATE,
    "debates.part_guest": MODERATE,
    # following, telling
    "follows.contribution": "follow",
    "follows.space": "follow",
    "notifications.index": SIGNED_IN,
    "notifications.read": SIGNED_IN,
    "notifications.settings": SIGNED_IN,
    "contributions.drafts": SIGNED_IN,
    "exports.index": SIGNED_IN,
    "contributions.save": SIGNED_IN,
    "contributions.preview": SIGNED_IN,
    "contributions.claim": SIGNED_IN,
    "contributions.draft": "own draft",
    # moderation
    "moderation.report": "follow",
    "moderation.report_member": SIGNED_IN,
    "moderation.queue": CURATE,
    "desk.index": CURATE,
    "curation.acts": CURATE,
    "curation.act": MODERATE,
    "curation.move": MODERATE,
    "curation.sort": MODERATE,
    "moderation.history": CURATE,
    "moderation.hide": MODERATE,
    # shaping
    "spaces.new": CURATE,
    "spaces.order": COORDINATE,
    "spaces.move": COORDINATE,
    "imports.new": ADMINISTER,
    "imports.model": ADMINISTER,
    "spaces.settings": ADMINISTER,
    "spaces.front": ADMINISTER,
    "spaces.trash": ADMINISTER,
    "spaces.duplicate": ADMINISTER,
    "spaces.requests": MODERATE,
    "spaces.share_links": ADMINISTER,
    "spaces.revoke_link": ADMINISTER,
    "spaces.team_list": ADMINISTER,
    "spaces.read_team_list": ADMINISTER,
    "spaces.give_to_list": ADMINISTER,
    "spaces.trash_component": ADMINISTER,
    "spaces.trashed_spaces": CURATE,
    "moderation.trash": ADMINISTER,
    "documents.index": READ,
    "documents.new": MODERATE,
    "documents.edit": MODERATE,
    "documents.act": MODERATE,
    "documents.image": ADMINISTER,
    "spaces.relate": ADMINISTER,
    "spaces.phases": ADMINISTER,
    "spaces.team": "inside",
    "spaces.give": ADMINISTER,
    "spaces.publish": ADMINISTER,
    "spaces.new_component": ADMINISTER,
    "spaces.component": ADMINISTER,
    "spaces.move_component": ADMINISTER,
    "spaces.publish_component": ADMINISTER,
    "spaces.offer_topics": ADMINISTER,
    "spaces.topics": ADMINISTER,
    "spaces.topic": ADMINISTER,
    "spaces.subjects": ADMINISTER,
}
ELSEWHERE = {
    "static": "files, for anyone",
    "health.healthz": "for anyone, without a network or a database",
    "health.readyz": "for anyone, without a network or a database",
    "auth.sign_out": "for anyone; it leads to the sign-in page",
    "auth.choose_password": "its token decides",
    "auth.invitation": "its token decides",
    "auth.decline": "its token decides",
    "notifications.unsubscribe": "its token decides",
    "spaces.follow_link": "its token decides",
    "spaces.block": "needs a block to set up; the same rule as spaces.front",
    "spaces.trash_space": "the same rule as spaces.trash; it would take the space away from the others",
    "spaces.restore_space": "administrators of a space in the trash and, unless private, coordinators",
    "spaces.join": "only transparent spaces, whoever does not belong to them",
    "spaces.answer_request": "needs a request; the same rule as spaces.requests",
    "spaces.leave": "whoever belongs to the space",
    "spaces.enter": "only coordinators, only private spaces they are not in",
    "spaces.take": "one may always give up one's own role",
    "proposals.amend": "needs a proposal of somebody else that may be amended",
    "proposals.amendment": "needs an amendment; read as its proposal",
    "proposals.accept_amendment": "needs an amendment; authors of its proposal",
    "proposals.reject_amendment": "needs an amendment; authors of its proposal",
    "proposals.withdraw_amendment": "needs an amendment; its author",
    "proposals.promote_amendment": "needs a rejected amendment; its author",
    "proposals.accept_authorship": "needs an invitation",
    "proposals.decline_authorship": "needs an invitation",
    "proposals.leave_authors": "needs a second author",
    "proposals.undo": "needs a merge",
    "curation.undo": "needs an act; the same rule as curation.sort",
    "debates.reopen": "needs a closed debate",
    "debates.correct": "needs a closed debate; the same rule as debates.reopen",
    "debates.propose": "needs a message of the thread of a debate",
    "debates.lift": "needs a message of the thread of a debate",
    "moderation.decide": "needs a report",
    "moderation.undo": "needs a decision",
    "moderation.restore": "needs a hidden contribution",
    "moderation.hidden": "needs a hidden contribution",
    "moderation.person": "coordinators, and moderators who share a space with the person's texts",
    "imports.show": "needs an import; the same rule as imports.new",
    "imports.match": "needs an import; the same rule as imports.new",
    "imports.correct": "needs an import; the same rule as imports.new",
    "imports.run": "needs an import; the same rule as imports.new",
    "imports.discard": "needs an import; the same rule as imports.new",
    "exports.show": "one's own files only",
    "exports.download": "one's own files only",
    "exports.discard": "one's own files only",
    "contributions.discard": "own drafts only; says nothing of others'",
}
"""Routes whose rule is not one of these audiences; each has its own tests."""

PEOPLE = ("visitor", "outsider", "member", "author", "moderator", "administrator", "coordinator")
INSIDE = {"member", "author", "moderator", "administrator"}


def is_allowed(audience: str, person: str, visibility: Visibility) -> bool:
    """What the house says; visitors may enter here."""
    signed_in = person != "visitor"
    reads = {
        Visibility.PUBLIC: True,
        Visibility.TRANSPARENT: True,
        Visibility.MEMBERS: signed_in,
        Visibility.PRIVATE: person in INSIDE,
    }[visibility]
    restricted = visibility in (Visibility.TRANSPARENT, Visibility.PRIVATE)
    acts = signed_in and reads and (not restricted or person in INSIDE)
    return {
        ANYONE: True,
        ENTER: True,
        SIGNED_IN: signed_in,
        READ: reads,
        "follow": signed_in and reads,
        "inside": reads and (person in INSIDE or person == "coordinator"),
        ACT: acts,
        AUTHOR: person == "author",
        "own draft": person == "author",
        KEEP: reads and person in ("author", "moderator", "administrator", "coordinator"),
        MODERATE: reads and person in ("moderator", "administrator", "coordinator"),
        ADMINISTER: reads and person in ("administrator", "coordinator"),
        CURATE: person in ("moderator", "administrator", "coordinator"),
        COORDINATE: person == "coordinator",
    }[audience]


def audience_of(endpoint: str) -> str:
    """The audience of a route; everything under /coordination is for coordinators."""
    return COORDINATE if endpoint.startswith("admin.") else TABLE[endpoint]


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


OF_A_SPACE = (READ, ACT, AUTHOR, KEEP, MODERATE, ADMINISTER, "follow", "inside")
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


@pytest.mark.parametrize("visibility", list(Visibility))
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
