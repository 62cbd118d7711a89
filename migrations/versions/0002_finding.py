"""finding: the most followed first, authors by the words of their name"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_contributions_by_follows",
        "contributions",
        ["component_id", "follow_count", "id"],
        postgresql_where="about_id IS NULL",
    )
    op.create_index(
        "ix_members_words",
        "members",
        [sa.literal_column("to_tsvector('simple'::regconfig, fold(name))")],
        postgresql_using="gin",
    )


def downgrade() -> None:
    op.drop_index("ix_members_words", table_name="members")
    op.drop_index("ix_contributions_by_follows", table_name="contributions")
