"""Texts nobody would write by hand: each has one outcome, and nothing typed is lost."""

import re

import pytest
from sqlalchemy import func, insert, select

from participa.comments import services as comments
from participa.comments.models import Comment
from participa.comments.paths import step
from participa.comments.queries import PAGE, find_root
from participa.contributions.models import Contribution
from participa.db import clock
from participa.insights import counters
from participa.web import address_of


def test_a_megabyte_of_nested_quotes_is_refused_and_kept(session, make, sign_in):
    proposal = make.proposal()
    body = "> " * 524_288 + "le fond"
    answer = sign_in(make.member()).post(f"/comments/{proposal.id}", data={"body": body})
    assert answer.status_code == 422
    assert "1500" in answer.text and "le fond</textarea>" in answer.text
    assert session.scalars(select(Comment.id)).all() == []


def test_quotes_nested_as_deep_as_a_comment_may_hold_show_their_words(session, make, sign_in):
    proposal = make.proposal()
    browser = sign_in(make.member())
    browser.post(f"/comments/{proposal.id}", data={"body": ">" * 1490 + " le fond"})
    page = browser.get(address_of(proposal)).text
    assert "le fond</p>" in page
    assert page.count("<blockquote>") < 60


def test_direction_overrides_go_from_mentions_quotations_and_links(session, make, sign_in):
    called, proposal = make.member("Adjointe"), make.proposal()
    browser = sign_in(make.member())
    body = f"> [\u202eDupont](/c/1)\u2066:\n\n[@\u202eAdjointe](/members/{called.id}) [ici\u202e](/e/x)"
    browser.post(f"/comments/{proposal.id}", data={"body": body})
    page = browser.get(address_of(proposal)).text
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page)
    assert ">@Adjointe</a>" in page and ">ici</a>" in page
    assert session.scalars(select(Comment.id)).one()


@pytest.mark.long
def test_ten_thousand_replies_to_one_comment_show_a_page_at_a_time(session, make, client, sign_in):
    proposal, author = make.proposal(), make.member()
    root = find_root(proposal.id)
    assert root is not None
    top = comments.post(author, root, "Une question ?").id
    now, start, n = clock(), session.scalar(select(func.max(Contribution.id))) + 1, 10_000
    numbers = range(start, start + n)
    common = {"kind": "comment", "component_id": proposal.component_id, "about_id": proposal.id}
    dates = dict.fromkeys(("created_at", "published_at", "last_activity_at"), now)
    text = {"body": "Oui.", "html": "<p>Oui.</p>", "author_id": author.id}
    session.execute(
        insert(Contribution.__table__), [{"id": number, **common, **dates, **text} for number in numbers]
    )
    place = {"root_id": proposal.id, "top_id": top, "parent_id": top, "depth": 1, "posted_at": now}
    session.execute(
        insert(Comment.__table__), [{"id": number, "path": step(number), **place} for number in numbers]
    )
    session.execute(select(func.setval("contributions_id_seq", start + n)))
    counters.put_right()
    session.commit()

    page = client.get(address_of(proposal)).text
    print(re.findall(r"<summary>.*?</summary>", page)[:3], re.findall(r"Suivre ce fil[^<]*", page))
    assert "10\u202f000 réponses" in page
    assert page.count('<article class="comment') == PAGE
    assert len(page.encode()) < 300_000
    onward = re.search(rf'href="(/c/{top}\?after=\d+)#comments">Suivre ce fil', page)
    assert onward is not None
    rest = client.get(onward[1]).text
    assert rest.count('<article class="comment') >= PAGE
    reply = sign_in(author).post(f"/comments/{proposal.id}", data={"body": "Enfin.", "parent": str(top)})
    assert "Enfin." in client.get(reply.location.partition("#")[0]).text
