"""threads: about what belongs to a contribution, with more orders, visits and kinds of answers"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contributions", sa.Column("within_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_contributions_within_id"),
        "contributions",
        "contributions",
        ["within_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index(
        "ix_contributions_within", "contributions", ["within_id"], postgresql_where="within_id IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("only_comments_stand_within"),
        "contributions",
        "within_id IS NULL OR kind = 'comment'",
    )
    op.drop_constraint(op.f("only_messages_have_no_title"), "contributions", type_="check")
    op.create_check_constraint(
        op.f("only_messages_have_no_title"),
        "contributions",
        "(kind IN ('comment', 'argument', 'question')) = (title IS NULL)",
    )
    no, none = sa.text("false"), sa.text("0")
    for table, column in (
        ("comments", sa.Column("nature", sa.Text(), nullable=True)),
        ("comments", sa.Column("orphan", sa.Boolean(), server_default=no, nullable=False)),
        ("comments", sa.Column("edited_late", sa.Boolean(), server_default=no, nullable=False)),
        ("comments", sa.Column("reply_count", sa.Integer(), server_default=none, nullable=False)),
        ("comments", sa.Column("near_count", sa.Integer(), server_default=none, nullable=False)),
        ("comments", sa.Column("together", sa.Double(), server_default=none, nullable=False)),
        ("comments", sa.Column("stale", sa.Boolean(), server_default=no, nullable=False)),
        ("comments", sa.Column("crossing", sa.Boolean(), nullable=True)),
        ("arguments", sa.Column("together", sa.Double(), server_default=none, nullable=False)),
        ("arguments", sa.Column("stale", sa.Boolean(), server_default=no, nullable=False)),
    ):
        op.add_column(table, column)
    op.create_check_constraint(
        op.f("nature_is_known"), "comments", "nature IN ('nuance', 'question', 'source')"
    )
    for name, key in (("discussed", "reply_count"), ("together", "together")):
        op.create_index(
            f"ix_comments_{name}", "comments", ["root_id", key, "id"], postgresql_where="depth = 0"
        )
    for table, key in (("comments", "root_id"), ("arguments", "debate_id")):
        op.create_index(f"ix_{table}_stale", table, [key], postgresql_where="stale")
    op.create_index("ix_arguments_together", "arguments", ["debate_id", "side", "together", "id"])
    op.execute(
        "UPDATE comments k SET reply_count = c.comment_count FROM contributions c"
        " WHERE c.id = k.id AND k.depth = 0 AND c.comment_count > 0"
    )
    op.execute(
        "UPDATE comments k SET near_count = near.n FROM (SELECT b.top_id, count(*) AS n FROM comments b"
        " JOIN contributions c ON c.id = b.id WHERE b.depth BETWEEN 1 AND 4"
        " AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.trashed_at IS NULL GROUP BY 1) near"
        " WHERE near.top_id = k.id"
    )
    op.create_table(
        "visits",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_id", sa.BigInteger(), nullable=False),
        sa.Column("known_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_visits_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["root_id"],
            ["contributions.id"],
            name=op.f("fk_visits_root_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "root_id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_root", "visits", ["root_id"])
    op.create_index("ix_comments_near", "comments", ["top_id", "path"], postgresql_where="depth <= 4")
    op.create_index("ix_comments_since", "comments", ["root_id", "id"])
    op.create_table(
        "exchanges",
        sa.Column("root_id", sa.BigInteger(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("crossing", sa.Integer(), nullable=False),
        sa.CheckConstraint("replies >= 0 AND crossing >= 0", name=op.f("exchanges_are_not_negative")),
        sa.ForeignKeyConstraint(
            ["root_id"],
            ["contributions.id"],
            name=op.f("fk_exchanges_root_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("root_id", name=op.f("pk_exchanges")),
    )
    op.execute(
        "UPDATE comments k SET crossing = own.centre_id <> other.centre_id"
        " FROM contributions own, contributions other WHERE own.id = k.id"
        " AND other.id = coalesce(k.answers_id, k.parent_id)"
        " AND own.centre_id IS NOT NULL AND other.centre_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO exchanges (root_id, replies, crossing)"
        " SELECT k.root_id, count(*), count(*) FILTER (WHERE k.crossing) FROM comments k"
        " JOIN contributions c ON c.id = k.id WHERE k.crossing IS NOT NULL"
        " AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.trashed_at IS NULL GROUP BY 1"
    )


def downgrade() -> None:
    op.drop_table("exchanges")
    for name in ("since", "near"):
        op.drop_index(f"ix_comments_{name}", table_name="comments")
    op.drop_table("visits")
    op.drop_index("ix_arguments_together", table_name="arguments")
    for table in ("comments", "arguments"):
        op.drop_index(f"ix_{table}_stale", table_name=table)
    for name in ("discussed", "together"):
        op.drop_index(f"ix_comments_{name}", table_name="comments")
    op.drop_constraint(op.f("nature_is_known"), "comments", type_="check")
    for name in ("stale", "together"):
        op.drop_column("arguments", name)
    for name in ("crossing", "stale", "together", "near_count", "reply_count", "edited_late", "orphan", "nature"):
        op.drop_column("comments", name)
    op.drop_constraint(op.f("only_messages_have_no_title"), "contributions", type_="check")
    op.create_check_constraint(
        op.f("only_messages_have_no_title"),
        "contributions",
        "(kind IN ('comment', 'argument')) = (title IS NULL)",
    )
    op.drop_constraint(op.f("only_comments_stand_within"), "contributions", type_="check")
    op.drop_index("ix_contributions_within", table_name="contributions")
    op.drop_constraint(
        op.f("fk_contributions_within_id"), "contributions", type_="foreignkey"
    )
    op.drop_column("contributions", "within_id")
