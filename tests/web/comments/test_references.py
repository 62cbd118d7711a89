"""Links to contributions show the title and state of what they lead to, as far as their reader reads it."""

import re

import pytest
from sqlalchemy import event

from participa.comments import services as comments
from participa.comments.queries import find_root
from participa.db import clock, db
from participa.spaces.models import Visibility
from participa.web import address_of


@pytest.fixture
def proposal(make):
    """A proposal where things are said."""
    return make.proposal()


def say(author, thing, body: str) -> int:
    """The number of a new comment."""
    root = find_root(thing.id)
    assert root is not None
    return comments.post(author, root, body).id


def text_of(page: str, number: int) -> str:
    """The text of one comment on a page."""
    start = page.index(f'id="c{number}"')
    found = re.search(r'<div class="text">(.*?)</div>', page[start:], re.DOTALL)
    assert found is not None
    return found[1]


def test_a_bare_address_becomes_the_title_with_the_state(make, sign_in, proposal):
    debate = make.debate(title="Faut-il un quota ?")
    accepted = make.proposal(title="Un annuaire commun des ateliers", state="accepted")
    body = f"http://participa.test{address_of(debate)} et http://participa.test{address_of(accepted)}?order=useful#comments"
    number = say(make.member(), proposal, body)

    text = text_of(sign_in(make.member()).get(address_of(proposal)).text, number)
    assert ">Faut-il un quota\u202f?</a>" in text
    assert "Débat ouvert" in text
    assert ">Un annuaire commun des ateliers</a>" in text
    assert "Acceptée" in text


def test_a_link_with_words_of_its_own_keeps_them_and_tells_the_title(make, sign_in, proposal):
    other = make.proposal(title="Un annuaire <b>commun</b> des ateliers", withdrawn_at=clock())
    number = say(make.member(), proposal, f"Voyez [cette *idée*]({address_of(other)}).")
    text = text_of(sign_in(make.member()).get(address_of(proposal)).text, number)
    assert "cette <em>idée</em></a>" in text
    assert "Un annuaire &lt;b&gt;commun&lt;/b&gt; des ateliers" in text
    assert "Retirée" in text


def test_what_the_reader_may_not_read_is_told_by_nothing(make, sign_in, proposal):
    secret = make.debate(
        make.component("debates", make.space(visibility=Visibility.PRIVATE)), title="Le secret du jury"
    )
    hidden = make.proposal(title="Une idée masquée depuis", hidden_at=clock())
    paths = [f"/e/x/{one.component_id}/{one.id}" for one in (secret, hidden)]
    number = say(make.member(), proposal, " ".join(f"http://participa.test{path}" for path in paths))
    insider = make.member()
    make.role(insider, secret.component.space)

    page = text_of(sign_in(make.member()).get(address_of(proposal)).text, number)
    assert "Le secret du jury" not in page and "Une idée masquée" not in page
    assert f">http://participa.test{paths[0]}</a>" in page
    assert "Le secret du jury" in text_of(sign_in(insider).get(address_of(proposal)).text, number)


def test_messages_and_other_sites_are_told_apart(make, sign_in, proposal):
    said = say(make.member(), make.debate(title="Faut-il un quota ?"), "Un avis.")
    body = f"http://participa.test/c/{said} http://ailleurs.fr/c/{said} [ici](/members/1) http://[::1"
    number = say(make.member(), proposal, body)
    text = text_of(sign_in(make.member()).get(address_of(proposal)).text, number)
    assert "Commentaire sur «\u202fFaut-il un quota\u202f?\u202f»</a>" in text
    assert f">http://ailleurs.fr/c/{said}</a>" in text


def test_a_page_of_links_costs_three_statements_whatever_their_number(make, sign_in, proposal):
    author, browser = make.member(), sign_in(make.member())

    def count() -> int:
        seen: list[str] = []
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        browser.get(address_of(proposal))
        event.listen(db.engine, "before_cursor_execute", listener)
        browser.get(address_of(proposal))
        event.remove(db.engine, "before_cursor_execute", listener)
        return sum(statement.startswith("SELECT") for statement in seen)

    say(author, proposal, "Sans lien.")
    plain = count()
    targets = [make.debate(), make.proposal()]
    say(author, proposal, " ".join(f"[ici]({address_of(one)})" for one in targets))
    few = count()
    targets += [make.debate(), make.proposal(), make.proposal()]
    say(author, proposal, " ".join(f"[ici]({address_of(one)})" for one in targets))
    assert count() == few == plain + 3


def test_the_text_of_a_debate_and_its_conclusions_tell_too(make, sign_in, session):
    other = make.proposal(title="Un annuaire commun des ateliers")
    debate = make.debate(body=f"Voir http://participa.test{address_of(other)}")
    page = sign_in(make.member()).get(address_of(debate)).text
    assert ">Un annuaire commun des ateliers</a>" in page
