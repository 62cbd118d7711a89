"""The demonstration loads whole, through the same rules as everybody's acts."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from participa.auth.models import Member
from participa.contributions.models import Contribution
from participa.debates.questions.models import Question
from participa.demo.accounts import ACCOUNTS
from participa.demo.loader import load
from participa.insights import counters
from participa.insights.stats import totals
from participa.moderation.models import Report
from participa.network.models import Centre, Network
from participa.proposals.models import Proposal, ProposalState
from participa.spaces.models import Space


def test_the_demonstration_holds_the_network_and_its_counters_are_right(
    session: scoped_session[Session],
) -> None:
    assert list(load()) == ["centres", "accounts", "spaces", "consultation", "debates", "acts", "what waits"]

    figures = totals()
    assert (figures["centres"], figures["proposals"], figures["debates"]) == (19, 51, 4)
    assert figures["comments"]["total"] > 321
    assert session.scalars(select(Network.centre_count)).one() == 19
    assert session.scalars(select(Centre.city).where(Centre.name == "IREV")).one() == ""
    accounts = session.scalars(select(Member.email).where(Member.password_hash.is_not(None))).all()
    assert sorted(map(str, accounts)) == sorted(account.email for account in ACCOUNTS)
    empty = select(Space.name).where(~Space.components.any())
    assert session.scalars(empty).all() == []
    in_english = select(func.count()).where(Space.translations["en"]["name"].astext != "")
    assert session.scalar(in_english) == session.scalar(select(func.count()).select_from(Space))
    waiting_answers = select(Question.answers).order_by(Question.id)
    assert session.scalars(waiting_answers).all() == [1, 0, 0]
    hidden = select(func.count()).select_from(Contribution).where(Contribution.hidden_at.is_not(None))
    assert session.scalar(hidden) == 0
    waiting = select(func.count()).select_from(Report).where(Report.decision_id.is_(None))
    assert session.scalar(waiting) == 4
    answers = select(ProposalState.token).join(Proposal, Proposal.state_id == ProposalState.id)
    assert sorted(map(str, session.scalars(answers))) == ["accepted", "evaluating", "rejected"]
    assert counters.wrong_counters() == []
