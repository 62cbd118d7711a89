"""debated: debates about a proposal"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("debates", sa.Column("proposal_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_debates_proposal_id_contributions"),
        "debates",
        "contributions",
        ["proposal_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(
        "ix_debates_proposal", "debates", ["proposal_id"], postgresql_where="proposal_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_debates_proposal", table_name="debates")
    op.drop_constraint(op.f("fk_debates_proposal_id_contributions"), "debates", type_="foreignkey")
    op.drop_column("debates", "proposal_id")
