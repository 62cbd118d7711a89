"""Who curates, and until when an act is undone."""

from datetime import datetime

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Contribution
from participa.curation.acts import UNDOABLE
from participa.curation.models import CurationAct
from participa.spaces.models import Component
from participa.spaces.policies import may_moderate

MOST_PINNED = 5
MOST_FEATURED = 6

define_rules(
    only_roots=_l("Only proposals and debates are curated this way."),
    pinned_full=_l("%(n)s are pinned already, the most there may be. Unpin one first.", n=MOST_PINNED),
    featured_full=_l(
        "%(n)s are featured already, the most there may be. Take one away first.", n=MOST_FEATURED
    ),
    act_undone=_l("This has been undone already."),
    act_over=_l("This can no longer be undone: more than 30 days have passed."),
    act_overtaken=_l("This cannot be undone any more: something else was done since."),
)


def may_curate(actor: Actor, contribution: Contribution) -> Verdict:
    """Whether `actor` may pin, feature or move the proposal or debate; needs its component and space."""
    return all_of(
        may_moderate(actor, contribution.component.space),
        (contribution.about_id is None, "only_roots"),
        (contribution.is_shown, "hidden"),
    )


def may_curate_all(actor: Actor, component: Component) -> Verdict:
    """Whether `actor` may sort what is in the component; needs its space."""
    return may_moderate(actor, component.space)


def may_undo(actor: Actor, act: CurationAct, subject: Contribution | None, now: datetime) -> Verdict:
    """Whether `actor` may take the act back: who curates where it was done, and where its text stands now."""
    return all_of(
        may_moderate(actor, act.space),
        may_moderate(actor, subject.component.space) if subject else all_of(),
        (act.undone_at is None, "act_undone"),
        (now - act.at <= UNDOABLE, "act_over"),
    )
