"""questions: what members ask the guest of a debate"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NATURES = "nature IN ('nuance', 'question', 'source'{})"


def upgrade() -> None:
    for name in ("guest_from", "guest_until"):
        op.add_column("debates", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("debates", sa.Column("guest_id", sa.Integer(), nullable=True))
    op.add_column(
        "debates", sa.Column("question_count", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_foreign_key(op.f("fk_debates_guest_id"), "debates", "members", ["guest_id"], ["id"])
    op.create_check_constraint(
        op.f("questions_end_after_answers_begin"), "debates", "guest_until > guest_from"
    )
    op.create_index(
        "ix_debates_guest", "debates", ["guest_id"], postgresql_where="guest_id IS NOT NULL"
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("debate_id", sa.BigInteger(), nullable=False),
        sa.Column("raised", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answers", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("answers >= 0", name=op.f("answers_are_not_negative")),
        sa.ForeignKeyConstraint(
            ["id"], ["contributions.id"], name=op.f("fk_questions_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["debate_id"], ["contributions.id"], name=op.f("fk_questions_debate_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index(
        "ix_questions_order",
        "questions",
        ["debate_id", sa.text("(answers = 0)"), sa.text("(-raised)"), "id"],
    )
    op.drop_constraint(op.f("nature_is_known"), "comments", type_="check")
    op.create_check_constraint(
        op.f("nature_is_known"), "comments", NATURES.format(", 'answer'")
    )


def downgrade() -> None:
    op.execute("DELETE FROM contributions WHERE kind = 'question'")
    op.drop_constraint(op.f("nature_is_known"), "comments", type_="check")
    op.create_check_constraint(op.f("nature_is_known"), "comments", NATURES.format(""))
    op.drop_table("questions")
    op.drop_index("ix_debates_guest", table_name="debates")
    op.drop_constraint(op.f("questions_end_after_answers_begin"), "debates", type_="check")
    op.drop_constraint(op.f("fk_debates_guest_id"), "debates", type_="foreignkey")
    for name in ("question_count", "guest_id", "guest_until", "guest_from"):
        op.drop_column("debates", name)
