"""Files: images and documents joined to contributions and spaces beside links.

Revision ID: 0003
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(width IS NULL) = (height IS NULL)", name=op.f("images_have_both_sides")),
        sa.ForeignKeyConstraint(["owner_id"], ["members.id"], name=op.f("fk_files_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("key", name=op.f("uq_files_key")),
    )
    op.create_index("ix_files_owner", "files", ["owner_id", "id"])
    op.alter_column("attachments", "url", nullable=True)
    op.add_column("attachments", sa.Column("file_id", sa.BigInteger(), nullable=True))
    op.add_column("attachments", sa.Column("alt", sa.Text(), server_default="", nullable=False))
    op.create_foreign_key(
        op.f("fk_attachments_file_id"), "attachments", "files", ["file_id"], ["id"], ondelete="CASCADE"
    )
    op.create_unique_constraint(op.f("uq_attachments_file_id"), "attachments", ["file_id"])
    op.create_check_constraint(
        op.f("attachment_is_a_link_or_a_file"), "attachments", "(url IS NULL) <> (file_id IS NULL)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM attachments WHERE url IS NULL")
    op.drop_constraint(op.f("attachment_is_a_link_or_a_file"), "attachments", type_="check")
    op.drop_column("attachments", "alt")
    op.drop_column("attachments", "file_id")
    op.alter_column("attachments", "url", nullable=False)
    op.drop_table("files")
