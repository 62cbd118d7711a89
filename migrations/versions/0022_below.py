"""below: how many comments stand under one, where no index makes it dear"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("comments", sa.Column("below", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE comments k SET below = c.comment_count FROM contributions c WHERE c.id = k.id")
    op.execute("UPDATE contributions SET comment_count = 0 WHERE kind = 'comment' AND comment_count > 0")


def downgrade() -> None:
    op.execute("UPDATE contributions c SET comment_count = k.below FROM comments k WHERE k.id = c.id")
    op.drop_column("comments", "below")
