"""look: the colour and the logo of the network"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("network", sa.Column("accent", sa.Text(), server_default="reseau", nullable=False))
    op.add_column("network", sa.Column("logo", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("network", "logo")
    op.drop_column("network", "accent")
