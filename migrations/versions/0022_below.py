"""below: how many comments stand under one, in rows of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "branches",
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("below", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_branches_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_branches")),
        postgresql_with={"fillfactor": 50},
    )
    op.execute(
        "INSERT INTO branches SELECT k.id, c.comment_count FROM comments k JOIN contributions c ON c.id = k.id"
        " WHERE c.comment_count > 0"
    )
    op.execute("UPDATE contributions SET comment_count = 0 WHERE kind = 'comment' AND comment_count > 0")


def downgrade() -> None:
    op.execute("UPDATE contributions c SET comment_count = b.below FROM branches b WHERE b.comment_id = c.id")
    op.drop_table("branches")
