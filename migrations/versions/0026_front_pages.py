"""front pages made of blocks, documents in folders, images of spaces and of front pages"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

PURPOSE = sa.Enum(
    "joined", "document", "cover", "block", name="purpose", native_enum=False, length=32
)


def upgrade() -> None:
    op.add_column(
        "attachments", sa.Column("network", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("attachments", sa.Column("purpose", PURPOSE, server_default="joined", nullable=False))
    op.add_column("attachments", sa.Column("folder", sa.Text(), server_default="", nullable=False))
    op.add_column("attachments", sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attachments", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.execute("UPDATE attachments SET purpose = 'document' WHERE space_id IS NOT NULL")
    op.drop_constraint(op.f("attachment_has_one_subject"), "attachments", type_="check")
    op.create_check_constraint(
        op.f("attachment_has_one_subject"),
        "attachments",
        "num_nonnulls(space_id, contribution_id) + network::int = 1",
    )
    op.create_check_constraint(
        op.f("attachment_of_text_is_joined"),
        "attachments",
        "(contribution_id IS NOT NULL) = (purpose = 'joined')",
    )
    op.drop_index("ix_attachments_space", table_name="attachments")
    op.create_index(
        "ix_attachments_space", "attachments", ["space_id", "purpose", "folder", "position", "id"]
    )
    op.create_index(
        "uq_attachments_cover",
        "attachments",
        ["space_id"],
        unique=True,
        postgresql_where="purpose = 'cover'",
    )
    op.add_column(
        "spaces", sa.Column("document_count", sa.Integer(), server_default="0", nullable=False)
    )
    op.execute(
        "UPDATE spaces s SET document_count = "
        "(SELECT count(*) FROM attachments a WHERE a.space_id = s.id AND a.purpose = 'document')"
    )
    for table in ("spaces", "network"):
        for name in ("blocks", "blocks_draft"):
            op.add_column(table, sa.Column(name, JSONB(), nullable=True))


def downgrade() -> None:
    for table in ("network", "spaces"):
        for name in ("blocks_draft", "blocks"):
            op.drop_column(table, name)
    op.drop_column("spaces", "document_count")
    op.execute("DELETE FROM attachments WHERE network OR purpose IN ('cover', 'block')")
    op.drop_index("uq_attachments_cover", table_name="attachments")
    op.drop_index("ix_attachments_space", table_name="attachments")
    op.create_index("ix_attachments_space", "attachments", ["space_id", "position", "id"])
    op.drop_constraint(op.f("attachment_of_text_is_joined"), "attachments", type_="check")
    op.drop_constraint(op.f("attachment_has_one_subject"), "attachments", type_="check")
    op.create_check_constraint(
        op.f("attachment_has_one_subject"), "attachments", "(space_id IS NULL) <> (contribution_id IS NULL)"
    )
    for name in ("revision", "trashed_at", "folder", "purpose", "network"):
        op.drop_column("attachments", name)
