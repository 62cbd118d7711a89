"""voting: votes that wait, results shown once, and the names that Decidim's administrators know"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RULES = """
UPDATE components c SET rules = (
  SELECT coalesce(jsonb_object_agg(key, CASE WHEN value ? '{old}'
    THEN (value - '{old}') || jsonb_build_object('{new}', value->'{old}') ELSE value END), '{{}}')
  FROM jsonb_each(c.rules))
WHERE kind = 'proposals'
"""
SETTINGS = """
UPDATE components SET settings = (settings - '{goal}' - '{beyond}')
  || CASE WHEN settings ? '{goal}' THEN jsonb_build_object('{new_goal}', settings->'{goal}') ELSE '{{}}' END
  || jsonb_build_object('{new_beyond}', NOT coalesce((settings->>'{beyond}')::boolean, {default}))
WHERE kind = 'proposals'
"""
OLD, NEW = ("support_goal", "goal_is_cap"), ("threshold_per_proposal", "can_accumulate_votes_beyond_threshold")


def upgrade() -> None:
    op.add_column("votes", sa.Column("counted", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("proposals", sa.Column("results_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(RULES.format(old="voting_open", new="votes_enabled"))
    op.execute(
        SETTINGS.format(goal=OLD[0], beyond=OLD[1], new_goal=NEW[0], new_beyond=NEW[1], default="false")
    )


def downgrade() -> None:
    op.execute(
        SETTINGS.format(goal=NEW[0], beyond=NEW[1], new_goal=OLD[0], new_beyond=OLD[1], default="false")
    )
    op.execute(RULES.format(old="votes_enabled", new="voting_open"))
    op.drop_column("proposals", "results_at")
    op.drop_column("votes", "counted")
