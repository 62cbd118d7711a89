"""Debates that a centre opens, what they ask and tell, how they are laid out, and lists that find them."""

import re

import pytest
from sqlalchemy import select

from participa.authorization import VISITOR
from participa.contributions.models import Contribution
from participa.debates import queries, services
from participa.debates.models import Debate
from participa.follows.services import follow
from participa.notifications.models import Event, Notification
from participa.web import address_of

FIELDS = {
    "title": "Faut-il une plateforme commune ?",
    "body": "Plutôt que nos listes de diffusion.",
    "starts_at": "",
    "ends_at": "",
    "instructions": "Une **seule** idée par argument.",
    "columns": "1",
    "comments_open": "no",
    "act": "publish",
}


@pytest.fixture
def component(make):
    """The debates of a space, with a topic."""
    return make.component("debates")


def base(component) -> str:
    return f"/e/{component.space.slug}/{component.id}"


def titles(page) -> list[str]:
    """The titles of a list, in order."""
    return re.findall(r'<h3><a href="[^"]*">([^<]*)</a></h3>', page.text)


def held(debate) -> Debate:
    """A debate as its own request reads it."""
    found = queries.find(debate.component_id, debate.id, VISITOR)
    assert found is not None
    return found.debate


def test_a_moderator_opens_a_debate_in_the_name_of_their_centre_and_another_may_edit_and_close_it(
    session, make, sign_in, client, component
):
    centre = make.centre("IREV")
    first = make.moderator(component.space, "Modératrice", centre=centre)
    second = make.moderator(component.space, "Autre modératrice")
    answer = sign_in(first).post(f"{base(component)}/new", data=FIELDS | {"official": "y"})

    debate = session.scalars(select(Debate)).one()
    number, revision = debate.id, debate.revision
    assert (debate.official, debate.columns, debate.comments_open) == (True, 1, False)
    page = client.get(answer.location).text
    assert "Ouvert par IREV" in page and "Modératrice" not in page
    assert "<strong>seule</strong>" in page
    assert len(titles(client.get(f"{base(component)}?origin=official"))) == 1
    assert titles(client.get(f"{base(component)}?origin=members")) == []

    browser = sign_in(second)
    edited = FIELDS | {"updates": "On vote mardi.", "columns": "2", "revision": str(revision), "reason": ""}
    browser.post(f"{base(component)}/{number}/edit", data=edited)
    assert "On vote mardi." in client.get(answer.location).text
    assert browser.get(f"{base(component)}/{number}/close").status_code == 200
    other = make.member()
    assert sign_in(other).get(f"{base(component)}/{number}/edit").status_code == 403


def test_members_open_theirs_in_their_own_name_and_others_do_not_edit_it(session, make, sign_in, component):
    author = make.member("Chargée de mission", make.centre("IREV"))
    sign_in(author).post(f"{base(component)}/new", data=FIELDS | {"official": "y"})
    debate = session.scalars(select(Debate)).one()
    assert not debate.official
    number = debate.id
    moderator = sign_in(make.moderator(component.space))
    assert moderator.get(f"{base(component)}/{number}/edit").status_code == 403
    assert sign_in(author).get(f"{base(component)}/{number}/close").status_code == 200


def test_a_debate_without_messages_takes_arguments_and_says_why(session, make, sign_in, component):
    debate = make.debate(component, comments_open=False)
    browser = sign_in(make.member())
    page = browser.get(address_of(debate)).text
    assert "des arguments, pas de messages" in page
    assert f'action="/comments/{debate.id}"' not in page
    refused = browser.post(f"/comments/{debate.id}", data={"body": "Mon texte."})
    assert refused.status_code == 403 and "Mon texte." in refused.text
    browser.post(f"{base(component)}/{debate.id}/argue", data={"side": "for", "body": "Un argument."})
    assert "Un argument." in browser.get(address_of(debate)).text


def test_in_one_column_each_argument_says_its_side(session, make, client, component):
    debate = make.debate(component, columns=1)
    services.argue(make.member(), held(debate), 1, "Un lieu garde les réponses.")
    services.argue(make.member(), held(debate), -1, "Un outil de plus.")
    page = client.get(address_of(debate)).text
    (one,) = re.findall(r'<section class="args args--one".*?</section>', page, re.DOTALL)
    assert one.count('class="arg"') == 2
    assert "position--for" in one and "position--against" in one


def test_what_is_new_is_told_once_to_those_who_follow(session, make, sign_in, component, run_jobs):
    author, reader = make.member(), make.member()
    debate = make.debate(component, author)
    follow(session, reader.id, contribution_id=debate.id)
    session.commit()
    browser = sign_in(author)
    fields = {"title": debate.title, "body": debate.body, "starts_at": "", "ends_at": "", "reason": ""}
    fields |= {"updates": "Une réunion mardi.", "revision": str(debate.revision)}
    browser.post(f"{base(component)}/{debate.id}/edit", data=fields)
    revision = session.scalar(select(Contribution.revision).where(Contribution.id == debate.id))
    browser.post(f"{base(component)}/{debate.id}/edit", data=fields | {"revision": str(revision)})
    run_jobs()

    told = select(Event.kind).join(Notification, Notification.event_id == Event.id)
    assert session.scalars(told.where(Notification.recipient_id == reader.id)).all() == ["debate.updated"]


def test_one_finds_the_debates_one_opened_spoke_in_or_follows(session, make, sign_in, component):
    reader = make.member()
    opened = make.debate(component, reader, title="Un débat que j’ai ouvert")
    spoken = make.debate(component, title="Un débat où j’ai parlé")
    followed = make.debate(component, title="Un débat que je suis")
    make.debate(component, title="Un débat de quelqu’un d’autre")
    services.argue(reader, held(spoken), 1, "Parce que.")
    session.execute(Debate.metadata.tables["follows"].delete())
    follow(session, reader.id, contribution_id=followed.id)
    session.commit()
    browser = sign_in(reader)

    def found(mine: str) -> list[str]:
        return titles(browser.get(f"{base(component)}?mine={mine}"))

    assert (found("opened"), found("spoke"), found("followed")) == (
        [opened.title],
        [spoken.title],
        [followed.title],
    )
    assert len(found("opened&mine=spoke")) == 2


@pytest.mark.parametrize("order", queries.ORDERS)
def test_every_order_has_its_pages(session, make, client, component, order):
    for n in range(queries.PAGE + 3):
        make.debate(component, title=f"Un débat assez long, le numéro {n}")
    first = client.get(f"{base(component)}?order={order}")
    (following,) = re.findall(r'href="([^"]*page=[^"]*)"', first.text)[:1]
    second = client.get(following.replace("&amp;", "&"))
    assert len({*titles(first), *titles(second)}) == queries.PAGE + 3


def test_what_is_new_and_the_instructions_have_a_history_and_two_tabs_lose_nothing(
    session, make, sign_in, component
):
    author = make.member()
    browser = sign_in(author)
    sent = FIELDS | {"columns": "2", "comments_open": "yes"}
    debate = make.debate(component, author, title=FIELDS["title"], body=FIELDS["body"])
    page = f"{base(component)}/{debate.id}/edit"
    first = browser.post(page, data=sent | {"updates": "On vote mardi.", "revision": "1", "reason": ""})
    assert first.status_code == 303

    late = browser.post(page, data=sent | {"updates": "On vote jeudi.", "revision": "1", "reason": ""})
    assert late.status_code == 409
    assert "On vote mardi." in late.text and "On vote jeudi." in late.text
    merged = sent | {
        "updates": "On vote jeudi, pas mardi.",
        "revision": str(held(debate).revision),
        "reason": "",
    }
    assert browser.post(page, data=merged).status_code == 303

    history = sign_in(make.member()).get(f"{base(component)}/{debate.id}/versions?part=updates").text
    assert "Ce qui est nouveau" in history or "Du nouveau" in history or "nouveau" in history.lower()
    assert "<ins>" in history and "jeudi" in history
    told = sign_in(make.member()).get(f"{base(component)}/{debate.id}/versions?part=instructions")
    assert told.status_code == 200


def test_the_preview_shows_all_that_will_be_published(make, sign_in, component):
    centre = make.centre("IREV")
    browser = sign_in(make.moderator(component.space, "Modératrice", centre=centre))
    page = browser.post(f"{base(component)}/new", data=FIELDS | {"official": "y", "act": "preview"}).text
    assert re.search(r'<p class="meta"><span>IREV</span>', page)
    assert "<strong>seule</strong>" in page
    assert "dans une seule liste" in page and "Pas de fil de messages" in page
