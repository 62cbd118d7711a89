"""topics: trees kept by a space or by the network, offered by components"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TWINS = """
CREATE TEMPORARY TABLE twins ON COMMIT DROP AS
SELECT topics.id, min(topics.id) OVER (PARTITION BY topics.space_id, topics.name) AS kept FROM topics
"""


def upgrade() -> None:
    op.add_column("topics", sa.Column("space_id", sa.Integer(), nullable=True))
    op.add_column("topics", sa.Column("parent_id", sa.Integer(), nullable=True))
    op.add_column("topics", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "offered_topics",
        sa.Column("component_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["components.id"],
            name=op.f("fk_offered_topics_component_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_offered_topics_topic_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("component_id", "topic_id", name=op.f("pk_offered_topics")),
    )
    op.create_index(op.f("ix_offered_topics_topic_id"), "offered_topics", ["topic_id"])
    op.create_table(
        "space_topics",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_space_topics_space_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_space_topics_topic_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "topic_id", name=op.f("pk_space_topics")),
    )
    op.create_index(op.f("ix_space_topics_topic_id"), "space_topics", ["topic_id"])
    op.execute(
        "UPDATE topics SET space_id = components.space_id FROM components WHERE components.id = component_id"
    )
    # topics of one name in one space become one, offered by the components that had it
    op.execute(TWINS)
    op.execute(
        "INSERT INTO offered_topics (component_id, topic_id)"
        " SELECT DISTINCT topics.component_id, twins.kept FROM topics JOIN twins ON twins.id = topics.id"
    )
    for table in ("proposals", "debates"):
        op.execute(
            f"UPDATE {table} SET topic_id = twins.kept FROM twins"
            " WHERE twins.id = topic_id AND twins.kept <> twins.id"
        )
    op.execute("DELETE FROM topics USING twins WHERE twins.id = topics.id AND twins.kept <> twins.id")
    op.drop_column("topics", "component_id")
    op.create_foreign_key(
        op.f("fk_topics_space_id"), "topics", "spaces", ["space_id"], ["id"], ondelete="CASCADE"
    )
    op.create_foreign_key(op.f("fk_topics_parent_id"), "topics", "topics", ["parent_id"], ["id"])
    op.create_index(
        "uq_topics_name",
        "topics",
        ["space_id", "parent_id", "name"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        "ix_topics_parent", "topics", ["parent_id"], postgresql_where="parent_id IS NOT NULL"
    )


def downgrade() -> None:
    op.add_column("topics", sa.Column("component_id", sa.Integer(), nullable=True))
    op.drop_index("ix_topics_parent", table_name="topics")
    op.drop_index("uq_topics_name", table_name="topics")
    op.drop_constraint(op.f("fk_topics_parent_id"), "topics", type_="foreignkey")
    op.drop_constraint(op.f("fk_topics_space_id"), "topics", type_="foreignkey")
    op.execute(
        "UPDATE topics SET component_id ="
        " (SELECT min(component_id) FROM offered_topics WHERE topic_id = topics.id)"
    )
    op.execute("DELETE FROM topics WHERE component_id IS NULL")
    op.execute("UPDATE topics SET name = name || ' ' || id WHERE parent_id IS NOT NULL")
    op.drop_table("space_topics")
    op.drop_table("offered_topics")
    op.drop_column("topics", "revision")
    op.drop_column("topics", "parent_id")
    op.drop_column("topics", "space_id")
    op.alter_column("topics", "component_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_topics_component_id"), "topics", "components", ["component_id"], ["id"], ondelete="CASCADE"
    )
    op.create_unique_constraint(
        op.f("uq_topics_component_id_name"), "topics", ["component_id", "name"]
    )
