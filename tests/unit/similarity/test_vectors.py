"""Every published text that is shown has the vector of its latest wording, made by the worker."""

import array
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from participa.authorization import VISITOR
from participa.contributions.queries import find_contribution
from participa.db import clock, set_clock
from participa.moderation import services as moderation
from participa.moderation.models import Reason
from participa.proposals import services as proposals
from participa.proposals.forms import Draft
from participa.proposals.queries import find
from participa.similarity import services
from participa.similarity.models import MODEL, Embedding
from participa.similarity.queries import has_index
from participa.web import found
from tests.factories import Factory

TEXT = "Ouvrir un jardin partagé dans chaque quartier"


def held(session: scoped_session[Session]) -> dict[int, list[float]]:
    return {
        number: vector
        for number, vector in session.execute(select(Embedding.contribution_id, Embedding.vector))
    }


def counting(text: str) -> list[float]:
    return [float(len(text)), *[0.5] * 511]


def test_publishing_and_editing_make_the_vector_of_the_text(
    make: Factory,
    session: scoped_session[Session],
    encoder: Callable[[str], bytes],
    run_jobs: Callable[[], int],
) -> None:
    author, component = make.member(), make.component("proposals")
    proposal = proposals.publish(author, component, Draft(TEXT, "Un terrain confié à ses habitants."))
    number, tool = proposal.id, component.id
    assert held(session) == {}
    run_jobs()
    published = found(find(tool, number, VISITOR)).proposal
    first = held(session)[number]
    assert first == pytest.approx(
        array.array("f", encoder(services.gist(TEXT, published.html))).tolist(), abs=1e-6
    )

    set_clock(clock() + timedelta(hours=1))
    proposals.edit(
        found(published.author),
        published,
        Draft("Planter des arbres", "Dans la cour de chaque école."),
        revision=1,
    )
    run_jobs()

    assert held(session)[number] != first
    assert session.scalar(select(Embedding.model)) == MODEL


def test_an_older_text_never_replaces_a_newer_one(make: Factory, session: scoped_session[Session]) -> None:
    number = make.proposal().id
    two, one = [2.0] * 512, [1.0] * 512
    for hours, encode in ((2, lambda words: two), (1, lambda words: one)):
        session.execute(
            text("UPDATE contributions SET edited_at = now() + make_interval(hours => :h) WHERE id = :id"),
            {"h": hours, "id": number},
        )
        services.embed(number, encode)

    assert held(session)[number] == two


def test_what_is_missing_or_stale_is_made_once_and_nothing_twice(
    make: Factory, session: scoped_session[Session]
) -> None:
    ids = {make.proposal().id for _ in range(3)}
    make.debate()
    hidden = make.proposal()
    hidden.hidden_at = clock()
    session.commit()

    assert services.embed_missing(2, counting) == 2
    assert services.embed_missing(2, counting) == 1
    assert services.embed_missing(2, counting) == 0
    assert set(held(session)) == ids

    session.execute(
        text("UPDATE embeddings SET model = 'older' WHERE contribution_id = :id"), {"id": min(ids)}
    )
    session.execute(
        text("UPDATE contributions SET edited_at = now() + interval '1 hour' WHERE id = :id"),
        {"id": max(ids)},
    )
    assert services.embed_missing(10, counting) == 2


def test_a_hidden_text_has_no_vector_until_it_is_shown_again(
    make: Factory,
    session: scoped_session[Session],
    encoder: Callable[[str], bytes],
    run_jobs: Callable[[], int],
) -> None:
    number = make.proposal(title=TEXT).id
    run_jobs()
    assert set(held(session)) == {number}
    proposal = found(find_contribution(number))
    moderator = make.moderator(proposal.component.space)

    moderation.hide(moderator, proposal, Reason.SPAM)
    assert held(session) == {}
    moderation.restore(moderator, proposal)
    assert held(session) == {}
    run_jobs()
    assert set(held(session)) == {number}


def test_nothing_is_queued_where_the_encoder_is_switched_off(
    make: Factory, session: scoped_session[Session], run_jobs: Callable[[], int]
) -> None:
    make.proposal()

    assert run_jobs() == 0


def test_the_index_by_meaning_exists_where_the_server_has_pgvector(
    app: Flask, session: scoped_session[Session]
) -> None:
    offered = session.scalar(text("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"))

    assert has_index() is bool(offered)
