"""arguments by meaning: their vectors, beside those of proposals, which alone stand in the index"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KIND = sa.Enum(
    "proposal", "debate", "comment", "argument", "question", "amendment",
    name="contributionkind", native_enum=False, length=32,
)
INDEX = """
DO $$ BEGIN
  IF to_regtype('halfvec') IS NOT NULL THEN
    CREATE INDEX ix_embeddings_near ON embeddings USING hnsw ((vector::halfvec(512)) halfvec_cosine_ops){};
  END IF;
END $$
"""


def upgrade() -> None:
    kind = sa.Column("kind", KIND, server_default="proposal", nullable=False)
    op.add_column("embeddings", kind)
    op.execute("DROP INDEX IF EXISTS ix_embeddings_near")
    op.execute(INDEX.format(" WHERE kind = 'proposal'"))


def downgrade() -> None:
    op.execute("DELETE FROM embeddings WHERE kind <> 'proposal'")
    op.execute("DROP INDEX IF EXISTS ix_embeddings_near")
    op.execute(INDEX.format(""))
    op.drop_column("embeddings", "kind")
