"""The pages of debates, as a browser without JavaScript sees them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from participa.authorization import VISITOR
from participa.contributions.models import Contribution
from participa.db import clock
from participa.debates import queries, services
from participa.debates.models import Debate
from tests.factories import Factory
from tests.tools import counted_statements

QUESTION = "Faut-il une plateforme commune ?"
FIELDS = {"title": QUESTION, "body": "Plutôt que nos listes de diffusion.", "starts_at": "", "ends_at": ""}


def path(component) -> str:
    """The list of a component."""
    return f"/e/{component.space.slug}/{component.id}"


def page_of(debate) -> str:
    """The address that a debate's page settles at."""
    from participa.web import address_of

    return address_of(debate)


def argue(author, debate, side=1, body="Parce que.") -> int:
    """An argument's number."""
    held = queries.find(debate.component_id, debate.id, VISITOR)
    assert held is not None
    return services.argue(author, held.debate, side, body).id


def titles(page) -> list[str]:
    """The titles of a list, in order."""
    return re.findall(r'<h3><a href="[^"]*">([^<]*)</a></h3>', page.text)


# ── The list


def test_the_list_leads_to_each_debate_and_says_where_it_stands(session, make: Factory, client):
    component, now = make.component("debates"), clock()
    make.debate(component, title="Un débat encore ouvert aujourd’hui")
    make.debate(component, title="Un débat annoncé pour demain", starts_at=now + timedelta(days=1))
    make.debate(component, title="Un débat déjà terminé hier", ends_at=now - timedelta(days=1))

    page = client.get(path(component))

    assert len(titles(page)) == 3
    assert "3 débats" in page.text
    assert all(word in page.text for word in ("Débat ouvert", "Débat à venir", "conclusion attendue"))
    upcoming = client.get(f"{path(component)}?state=upcoming")
    assert titles(upcoming) == ["Un débat annoncé pour demain"]
    (href, *_others) = re.findall(r'<h3><a href="([^"]*)"', page.text)
    assert client.get(href).status_code == 200


def test_the_list_sorts_searches_and_keeps_topics_apart(session, make, client):
    component = make.component("debates", topics=["Outils", "Méthode"])
    tools, method = component.topics
    make.debate(component, title="Quelle plateforme pour nos échanges", topic_id=tools.id)
    make.debate(component, title="Comment préparer nos réunions", topic_id=method.id, comment_count=3)

    assert titles(client.get(f"{path(component)}?order=comments"))[0] == "Comment préparer nos réunions"
    assert titles(client.get(f"{path(component)}?topic={tools.id}")) == [
        "Quelle plateforme pour nos échanges"
    ]
    assert titles(client.get(f"{path(component)}?q=reunion")) == ["Comment préparer nos réunions"]
    nothing = client.get(f"{path(component)}?q=zzz")
    assert "Aucun débat ne correspond" in nothing.text


def test_an_empty_list_says_so_and_offers_a_way_out(session, make, client, sign_in):
    component = make.component("debates")

    assert "Aucun débat n’a encore été ouvert ici." in client.get(path(component)).text
    assert f'href="{path(component)}/new"' in sign_in(make.member()).get(path(component)).text


def test_pages_of_the_list_show_each_debate_once(session, make, client):
    component = make.component("debates")
    made = {f"Un débat assez long, numéro {n:02} ?" for n in range(23)}
    for title in made:
        make.debate(component, title=title)

    first = client.get(path(component))
    following = re.search(r'href="([^"]+)" rel="next"', first.text)[1].replace("&amp;", "&")
    second = client.get(following)

    assert (len(titles(first)), len(titles(second))) == (20, 3)
    assert len({*titles(first), *titles(second)}) == 23


@pytest.mark.parametrize("size", [1, 20])
def test_the_list_costs_the_same_whatever_it_holds(session, make, client, sign_in, size):
    component = make.component("debates")
    for _ in range(size):
        make.debate(component, make.member(centre=make.centre()))
    browser = sign_in(make.member())
    client.get(path(component))  # a process asks once which feature a component belongs to

    with counted_statements() as visitor:
        client.get(path(component))
    with counted_statements() as member:
        browser.get(path(component))

    assert (len(visitor) <= 9, len(member) <= 13) == (True, True), (len(visitor), len(member))


# ── Opening


def test_a_member_previews_then_opens_a_debate(session, make, sign_in):
    component = make.component("debates")
    browser = sign_in(make.member())

    preview = browser.post(f"{path(component)}/new", data={**FIELDS, "act": "preview"})
    assert QUESTION.replace(" ?", "\u202f?") in preview.text
    assert f'name="title" value="{QUESTION}"' in preview.text
    assert session.scalar(text("SELECT count(*) FROM debates")) == 0
    back = browser.post(f"{path(component)}/new", data={**FIELDS, "act": "write"})
    assert f'value="{QUESTION}"' in back.text
    opened = browser.post(f"{path(component)}/new", data={**FIELDS, "act": "publish"})

    assert browser.get(opened.location).status_code == 200
    assert "Débat ouvert" in browser.get(opened.location).text


def test_times_are_written_in_the_readers_zone_and_kept_in_utc(session, make, sign_in):
    component = make.component("debates")
    browser = sign_in(make.member(time_zone="Indian/Reunion"))

    browser.post(f"{path(component)}/new", data={**FIELDS, "ends_at": "2031-07-13T18:00"})

    number, ends_at = session.execute(select(Debate.__table__.c.id, Debate.__table__.c.ends_at)).one()
    assert ends_at.isoformat() == "2031-07-13T14:00:00+00:00"
    assert 'value="2031-07-13T18:00"' in browser.get(f"{path(component)}/{number}/edit").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": "Court"}, "au moins"),
        ({"body": ""}, "Écrivez quelque chose ici."),
        (
            {"starts_at": "2031-07-13T18:00", "ends_at": "2031-07-13T17:00"},
            "Un débat finit après avoir commencé.",
        ),
        ({"starts_at": "0001-01-01T00:00"}, "entre 2000 et 2199"),
        (
            {"ends_at": "9999-12-31T23:30"},
            "entre 2000 et 2199",
        ),  # later than any calendar where it is one hour more
    ],
)
def test_a_refused_form_keeps_what_was_typed(session, make, sign_in, fields, sentence):
    component = make.component("debates")
    typed = FIELDS | {"body": "Un corps de texte assez long"} | fields

    page = sign_in(make.member()).post(f"{path(component)}/new", data=typed)

    assert page.status_code == 422
    assert sentence in page.text
    assert f'value="{typed["title"]}"' in page.text
    assert f"{typed['body']}</textarea>" in page.text


def test_members_do_not_open_debates_where_only_moderators_do(session, make, sign_in, client):
    component = make.component("debates", debating_open=False)
    moderator = make.moderator(component.space)

    assert sign_in(make.member()).get(f"{path(component)}/new").status_code == 403
    assert client.get(f"{path(component)}/new").status_code == 302
    assert sign_in(moderator).get(f"{path(component)}/new").status_code == 200


# ── The page


def test_other_addresses_of_a_debate_lead_to_the_right_one(session, make, client):
    debate = make.debate(title=QUESTION)
    right, base = page_of(debate), f"{path(debate.component)}/{debate.id}"

    for wrong in (base, f"{base}-autre-titre", f"/e/ailleurs/{debate.component_id}/{debate.id}"):
        answer = client.get(f"{wrong}?order=newest")
        assert (answer.status_code, answer.location) == (301, f"{right}?order=newest")
    assert client.get(f"/e/ailleurs/{debate.component_id}/{debate.id}/versions").status_code == 404


def test_a_member_argues_and_finds_the_argument_in_its_column(session, make, sign_in):
    debate, ada = make.debate(), make.member("Ada")
    browser, base = sign_in(ada), f"{path(debate.component)}/{debate.id}"

    answer = browser.post(f"{base}/argue", data={"side": "against", "body": "Un outil de plus."})

    number = int(re.search(r"#a(\d+)$", answer.location)[1])
    page = browser.get(answer.location, follow_redirects=True).text
    columns = page.split('<h2 id="against">')
    assert f'id="a{number}"' not in columns[0]
    assert f'id="a{number}"' in columns[1]
    assert "Un outil de plus." in columns[1]


@pytest.mark.parametrize("body", ["", "x" * 281])
def test_a_refused_argument_is_shown_again(session, make, sign_in, body):
    debate = make.debate()

    page = sign_in(make.member()).post(
        f"{path(debate.component)}/{debate.id}/argue", data={"side": "for", "body": body}
    )

    assert page.status_code == 422
    assert f"\n{body}</textarea>" in page.text
    assert 'aria-invalid="true"' in page.text


def test_another_side_is_not_found(session, make, sign_in):
    debate = make.debate()

    page = sign_in(make.member()).post(f"{path(debate.component)}/{debate.id}/argue", data={"side": "both"})

    assert page.status_code == 404


def test_backing_an_argument_shows_at_once_and_can_be_taken_back(session, make, sign_in):
    debate = make.debate()
    number = argue(make.member("Ada"), debate)
    browser, page = sign_in(make.member()), page_of(debate)

    button = browser.post(f"/vote/{number}", data={"value": "1"}, headers={"HX-Request": "true"}).text
    assert 'aria-pressed="true"' in button
    assert 'value="none"' in button
    answer = browser.post(
        f"/vote/{number}", data={"value": "none"}, headers={"Referer": f"http://participa.test{page}"}
    )
    assert answer.location == f"{page}#a{number}"
    assert f'action="/vote/{number}"' in browser.get(page).text


def test_beyond_twenty_arguments_of_a_side_a_page_has_the_others(session, make, client):
    debate, ada = make.debate(), make.member()
    numbers = [argue(ada, debate, body=f"Raison {n}") for n in range(22)]

    page = client.get(page_of(debate)).text
    assert "Les 2 autres arguments pour" in page
    assert f'id="a{numbers[21]}"' not in page
    everything = client.get(f"{path(debate.component)}/{debate.id}/arguments/for")
    following = re.search(r'href="([^"]+)" rel="next"', everything.text)[1].replace("&amp;", "&")
    assert f'id="a{numbers[21]}"' in client.get(following).text
    named = client.get(f"{page_of(debate)}?argument={numbers[21]}").text
    assert f'id="a{numbers[21]}"' in named


@pytest.mark.parametrize("number", ["0", "x", "99999999999999999999"])
def test_an_argument_that_is_not_there_changes_nothing(session, make, client, number):
    debate = make.debate()

    assert client.get(f"{page_of(debate)}?argument={number}").status_code == 200


def test_an_author_deletes_an_argument_after_a_confirmation(session, make, sign_in, client):
    debate, ada = make.debate(), make.member()
    number = argue(ada, debate, body="Je me suis trompée.")
    browser, address = sign_in(ada), f"{path(debate.component)}/arguments/{number}/delete"

    assert "Je me suis trompée." in browser.get(address).text
    assert sign_in(make.member()).get(address).status_code == 403
    browser.post(address)

    assert "Je me suis trompée." not in client.get(page_of(debate)).text
    assert client.get(address).status_code == 404


# ── Closing


def test_a_moderator_closes_with_conclusions_and_composers_disappear(session, make, sign_in):
    debate, ada = make.debate(), make.member()
    argue(ada, debate)
    moderator = make.moderator(debate.component.space, "Modératrice")
    page, base = page_of(debate), f"{path(debate.component)}/{debate.id}"
    closing = sign_in(moderator)

    assert closing.post(f"{base}/close", data={"body": "Oui.", "revision": "1"}).status_code == 422
    closing.post(f"{base}/close", data={"body": "Oui, pour six mois d’essai.", "revision": "1"})

    shown = sign_in(ada).get(page).text
    assert shown.index("Oui, pour six mois d’essai.") < shown.index('id="arguments"')
    assert "Débat clos" in shown
    assert "composer" not in shown
    assert "il ne se complète plus" in shown
    assert f"{base}/edit" not in shown
    late = sign_in(make.member()).post(f"{base}/argue", data={"side": "for", "body": "Trop tard"})
    assert late.status_code == 403
    assert "\nTrop tard</textarea>" in late.text


def test_a_stale_closing_keeps_both_texts(session, make, sign_in):
    debate = make.debate()
    browser = sign_in(make.moderator(debate.component.space))
    address = f"{path(debate.component)}/{debate.id}/close"
    session.execute(text("UPDATE contributions SET revision = 2"))

    page = browser.post(address, data={"body": "Oui, pour six mois.", "revision": "1"})

    assert page.status_code == 409
    assert "Oui, pour six mois." in page.text


def test_a_moderator_opens_a_closed_debate_again(session, make, sign_in):
    debate = make.debate()
    browser = sign_in(make.moderator(debate.component.space))
    base = f"{path(debate.component)}/{debate.id}"
    browser.post(f"{base}/close", data={"body": "Oui, pour six mois.", "revision": "1"})

    assert "Oui, pour six mois." in browser.get(f"{base}/reopen").text
    browser.post(f"{base}/reopen")

    assert "Débat ouvert" in browser.get(base, follow_redirects=True).text


def test_members_neither_close_nor_reopen(session, make, sign_in):
    debate = make.debate(author=make.member())
    browser, base = sign_in(make.member()), f"{path(debate.component)}/{debate.id}"

    assert browser.get(f"{base}/close").status_code == 403
    assert browser.get(f"{base}/reopen").status_code == 403


def test_an_author_edits_the_question_and_everyone_reads_what_changed(session, make, sign_in, client):
    debate = make.debate(title=QUESTION)
    browser, base = sign_in(debate.author), f"{path(debate.component)}/{debate.id}"
    fields = FIELDS | {"title": "Faut-il une plateforme partagée ?", "revision": "1", "reason": ""}

    browser.post(f"{base}/edit", data=fields)

    assert "version 2" in client.get(base, follow_redirects=True).text
    versions = client.get(f"{base}/versions").text
    assert re.search(r"<del>.*commune.*</del>", versions)
    assert re.search(r"<ins>.*partagée.*</ins>", versions)
    assert browser.post(f"{base}/edit", data=fields).status_code == 409
    assert browser.post(f"{base}/edit", data=fields | {"title": "?"}).status_code == 422


def test_another_time_saved_meanwhile_is_not_overwritten(session, make, sign_in):
    debate = make.debate(title=QUESTION)
    browser, base = sign_in(debate.author), f"{path(debate.component)}/{debate.id}"
    fields = FIELDS | {"body": debate.body, "revision": "1", "reason": ""}

    assert browser.post(f"{base}/edit", data=fields | {"ends_at": "2031-07-13T18:00"}).status_code == 303
    assert browser.post(f"{base}/edit", data=fields | {"ends_at": "2032-01-01T18:00"}).status_code == 409


def test_a_hidden_debate_is_read_by_its_author_and_moderators_only(session, make, sign_in, client):
    debate = make.debate()
    session.execute(text("UPDATE contributions SET hidden_at = now()"))
    page, moderator = page_of(debate), make.moderator(debate.component.space)
    author, other = sign_in(debate.author), sign_in(make.member())

    assert client.get(page).status_code == other.get(page).status_code == 404
    for browser in (author, sign_in(moderator)):
        shown = browser.get(page).text
        assert f'href="/hidden/{debate.id}"' in shown
        assert "composer" not in shown


@pytest.mark.parametrize("size", [1, 25])
def test_the_page_costs_the_same_whatever_the_debate(session, make, client, sign_in, size):
    debate = make.debate()
    ada = make.member(centre=make.centre())
    for n in range(size):
        argue(ada, debate, side=(1, -1)[n % 2])
    browser, page = sign_in(make.member()), page_of(debate)
    assert session.scalar(select(Contribution.id).where(Contribution.id == debate.id))

    with counted_statements() as visitor:
        client.get(page)
    with counted_statements() as member:
        browser.get(page)

    assert (len(visitor) <= 9, len(member) <= 13) == (True, True), (len(visitor), len(member))
