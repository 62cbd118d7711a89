"""What the front page shows."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from participa.contributions.models import Draft
from participa.db import clock, db
from participa.home import overview
from participa.network.models import Centre
from participa.spaces.blocks.kinds import Front

WEEK = timedelta(days=7)


def centres_this_week(front: Front) -> list[Centre]:
    """The centres whose people voted or wrote this week in what the reader may read; asked once a page."""
    return front.once("week", lambda: overview.centres(front.component_ids, since=clock() - WEEK))


def drafts_of(member_id: int) -> tuple[int, datetime | None]:
    """How many drafts a member has, and when they last saved one."""
    row = db.session.execute(
        select(func.count(), func.max(Draft.saved_at)).where(
            Draft.author_id == member_id, Draft.claim_hash.is_(None)
        )
    ).one()
    return row[0], row[1]
