"""menu: links among the pages of the network, and the order of the menu"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("static_pages", sa.Column("href", sa.Text(), server_default="", nullable=False))
    op.add_column("network", sa.Column("nav", postgresql.JSONB(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("network", "nav")
    op.drop_column("static_pages", "href")
