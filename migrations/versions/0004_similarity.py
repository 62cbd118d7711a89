"""vectors of published texts, and the words of titles alone"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

EXTENSION = """
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS vector;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pgvector is not at hand: %', SQLERRM;
END $$
"""
"""The server may not have it, or not let us: vectors then re-rank what the words find."""

NEAR_INDEX = """
DO $$ BEGIN
  IF to_regtype('halfvec') IS NOT NULL THEN
    CREATE INDEX ix_embeddings_near ON embeddings USING hnsw ((vector::halfvec(512)) halfvec_cosine_ops);
  END IF;
END $$
"""


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "embeddings",
        sa.Column("contribution_id", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("text_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vector", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contributions.id"],
            name=op.f("fk_embeddings_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contribution_id", name=op.f("pk_embeddings")),
    )
    op.execute(EXTENSION)
    op.execute(NEAR_INDEX)
    op.create_index(
        "ix_search_documents_titles",
        "search_documents",
        [sa.text("ts_filter(vector, '{a}'::\"char\"[])")],
        postgresql_using="gin",
    )


def downgrade() -> None:
    """Undo the change; the extension stays, as others may use it."""
    op.drop_index("ix_search_documents_titles", table_name="search_documents")
    op.drop_table("embeddings")
