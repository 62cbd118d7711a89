"""Writing together, as a browser without JavaScript sees it."""

from collections.abc import Callable
from typing import Any

from participa.auth.models import Member
from participa.authorization import Role
from participa.comments import services as comments
from participa.comments.queries import find_root
from participa.proposals import queries
from participa.proposals.models import Proposal
from participa.votes.queries import find_votable
from participa.votes.services import cast
from tests.factories import BODY, Factory
from tests.tools import Browserlike, counted_statements

SignIn = Callable[[Member], Browserlike]
TITLE = "Planter des arbres dans la grand-rue"


def base(proposal: Any) -> str:
    return f"/e/{proposal.component.space.slug}/{proposal.component_id}/{proposal.id}"


def authors_of(make: Factory, proposal: Any) -> list[int]:
    found = queries.find(proposal.component_id, proposal.id, make.actor())
    assert found is not None
    return [found.proposal.author_id or 0, *found.proposal.coauthor_ids]


def test_an_author_finds_someone_by_name_and_they_accept_on_the_proposal_page(
    make: Factory, sign_in: SignIn
) -> None:
    author, other = make.member("Autrice"), make.member("Réferent du terrain", make.centre("IREV"))
    proposal = make.proposal(author=author, title=TITLE)
    address, ids = base(proposal), (author.id, other.id)
    votable = find_votable(proposal.id)
    assert votable is not None
    cast(other, votable, 1)
    first, second = sign_in(author), sign_in(other)

    assert f'href="{address}/authors"' in first.get(address, follow_redirects=True).text
    page = first.get(f"{address}/authors?q=referent")
    assert "Réferent du terrain" in page.text
    sent = first.post(f"{address}/authors/invite", data={"member": ids[1]}, follow_redirects=True)
    assert "invitation" in sent.text

    page = second.get(address, follow_redirects=True)
    assert f'action="{address}/authors/accept"' in page.text
    assert "votre propre vote" in page.text
    page = second.post(f"{address}/authors/accept", follow_redirects=True)
    assert authors_of(make, proposal) == list(ids)
    assert "Autrice" in page.text
    assert "Réferent du terrain, IREV" in page.text
    assert f'action="{address}/authors/accept"' not in page.text
    assert "et 1 autre" in second.get(address.rsplit("/", 1)[0]).text
    assert "Réferent du terrain" in second.get(f"{address}/authors").text


def test_whoever_is_invited_may_decline_and_nobody_answers_for_another(
    make: Factory, sign_in: SignIn
) -> None:
    author, other, third = make.member(), make.member(), make.member()
    proposal = make.proposal(author=author)
    address, other_id = base(proposal), other.id
    sign_in(author).post(f"{address}/authors/invite", data={"member": other_id})

    assert sign_in(third).post(f"{address}/authors/accept").status_code == 403
    page = sign_in(other).post(f"{address}/authors/decline", follow_redirects=True)

    assert "Vous avez décliné" in page.text
    again = sign_in(author).post(f"{address}/authors/invite", data={"member": other_id})
    assert again.status_code == 403
    assert "décliné" in sign_in(author).get(f"{address}/authors").text
    assert authors_of(make, proposal) == [author.id]


def test_an_author_cancels_an_invitation_and_leaves(make: Factory, sign_in: SignIn) -> None:
    author, other = make.member(), make.member()
    proposal = make.proposal(author=author)
    address, ids = base(proposal), (author.id, other.id)
    first, second = sign_in(author), sign_in(other)
    first.post(f"{address}/authors/invite", data={"member": ids[1]})
    first.post(f"{address}/authors/cancel", data={"member": ids[1]})
    assert second.post(f"{address}/authors/accept").status_code == 403
    assert first.post(f"{address}/authors/leave").status_code == 403

    first.post(f"{address}/authors/invite", data={"member": ids[1]})
    second.post(f"{address}/authors/accept")
    late = first.post(f"{address}/authors/cancel", data={"member": ids[1]}, follow_redirects=True)
    assert "entre-temps" in late.text
    first.post(f"{address}/authors/leave")

    assert authors_of(make, proposal) == [ids[1]]
    assert first.get(f"{address}/authors").status_code == 403


def test_the_menu_of_a_comment_leads_an_author_to_invite_its_writer(make: Factory, sign_in: SignIn) -> None:
    author, commenter, reader = make.member(), make.member("Une commentatrice"), make.member()
    proposal = make.proposal(author=author)
    address = base(proposal)
    root = find_root(proposal.id)
    assert root is not None
    comment = comments.post(commenter, root, "J’écrirais volontiers la suite.")
    link = f"{address}/authors?comment={comment.id}#add"
    answered = comments.post(author, root, "Avec plaisir.")

    page = sign_in(author).get(address, follow_redirects=True)

    assert link in page.text
    assert f"comment={answered.id}" not in page.text
    assert link not in sign_in(reader).get(address, follow_redirects=True).text
    page = sign_in(author).get(link)
    assert "Une commentatrice" in page.text
    assert f'name="member" value="{commenter.id}"' in page.text


def test_a_member_page_lists_what_they_wrote_with_others_but_not_what_they_sign_for_their_centre(
    make: Factory, sign_in: SignIn
) -> None:
    author, other = make.member(centre=make.centre("IREV")), make.member()
    component = make.component("proposals")
    shared, official = (
        make.proposal(component, author, title=TITLE),
        make.proposal(component, author, title="Le centre propose autre chose", official=True),
    )
    address, ids = base(shared), (author.id, other.id)
    sign_in(author).post(f"{address}/authors/invite", data={"member": ids[1]})
    sign_in(other).post(f"{address}/authors/accept")
    reader = sign_in(make.member())

    for member_id in ids:
        page = reader.get(f"/members/{member_id}")
        assert TITLE in page.text
        assert "Le centre propose" not in page.text
    assert "Le centre propose" in reader.get("/centres/irev").text
    assert official is not None


def test_a_moderator_publishes_in_the_name_of_their_centre(
    make: Factory, sign_in: SignIn, client: Browserlike, run_jobs: Any
) -> None:
    component = make.component("proposals")
    moderator = make.moderator(component.space, "Prénom secret", centre=make.centre("IREV"))
    follower = make.member()
    make.role(follower, component.space, Role.MEMBER)
    place = f"/e/{component.space.slug}/{component.id}"
    browser = sign_in(moderator)
    text = {"title": TITLE, "body": BODY, "official": "y"}
    assert 'name="official"' in browser.get(f"{place}/new").text
    assert 'name="official"' not in sign_in(follower).get(f"{place}/new").text
    preview = browser.post(f"{place}/new", data={**text, "act": "preview"})
    assert 'name="official" value="y"' in preview.text

    browser.post(f"{place}/new", data={**text, "act": "publish"})
    sign_in(follower).post(f"{place}/new", data={**text, "title": f"{TITLE} aussi", "act": "publish"})

    rows = client.get(place)
    assert "Prénom secret" not in rows.text
    assert "IREV" in rows.text
    found = make.session.query(Proposal).order_by(Proposal.id).all()
    assert [proposal.official for proposal in found] == [True, False]
    for address in (f"{place}/{found[0].id}", f"/e/{component.space.slug}", "/search?q=arbres"):
        page = client.get(address, follow_redirects=True).text
        as_curator = page.count("Prénom secret, IREV")  # the space names who moderates it
        assert page.count("Prénom secret") == as_curator <= 1
    own = browser.get(f"{place}/{found[0].id}", follow_redirects=True)
    assert "Votre proposition" in own.text


def test_pages_cost_the_same_with_several_authors(make: Factory, sign_in: SignIn) -> None:
    author = make.member()
    proposal = make.proposal(author=author)
    browser, address = sign_in(author), base(proposal)
    costs = []
    browser.get(address, follow_redirects=True)  # what the first page of all reads once
    for _n in range(2):
        with counted_statements() as seen:
            browser.get(address, follow_redirects=True)
        with counted_statements() as managing:
            browser.get(f"{address}/authors?q=m")
        costs.append((len(seen), len(managing)))
        for _more in range(3):
            member = make.member()
            browser.post(f"{address}/authors/invite", data={"member": member.id})
            sign_in(member).post(f"{address}/authors/accept")
    assert costs[0] == costs[1]
