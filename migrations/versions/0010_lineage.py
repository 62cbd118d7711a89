"""merging, splitting, copying and moving proposals"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "lineages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("merge", "split", "copy", "move", name="lineagekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("attachments", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "undone_at IS NULL OR kind IN ('merge', 'split')", name="only_replacements_are_undone"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name="fk_lineages_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["members.id"], name="fk_lineages_undone_by_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_lineages"),
    )
    op.create_table(
        "lineage_links",
        sa.Column("lineage_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=True),
        sa.Column("is_source", sa.Boolean(), nullable=False),
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lineage_id"], ["lineages.id"], name="fk_lineage_links_lineage_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name="fk_lineage_links_proposal_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("lineage_id", "position", name="pk_lineage_links"),
    )
    op.create_index("ix_lineage_links_proposal", "lineage_links", ["proposal_id"])
    op.create_table(
        "moved_texts",
        sa.Column("lineage_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lineage_id"], ["lineages.id"], name="fk_moved_texts_lineage_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["contributions.id"], name="fk_moved_texts_text_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["contributions.id"], name="fk_moved_texts_from_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lineage_id", "text_id", name="pk_moved_texts"),
    )
    op.create_index("ix_moved_texts_text", "moved_texts", ["text_id"])
    op.add_column("comments", sa.Column("origin_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_comments_origin_id", "comments", "contributions", ["origin_id"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_constraint("fk_comments_origin_id", "comments", type_="foreignkey")
    op.drop_column("comments", "origin_id")
    op.drop_table("moved_texts")
    op.drop_table("lineage_links")
    op.drop_table("lineages")
