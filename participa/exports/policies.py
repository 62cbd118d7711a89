"""Who exports."""

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.exports.models import Export
from participa.spaces.models import Component
from participa.spaces.policies import may_read_component

define_rules(
    too_many_exports=_l(
        "Several files that you asked for are still being made. Wait for one of them, or throw one away."
    ),
    export_outdated=_l(
        "This file is handed out no more: a text in it has since been hidden, or its list is closed to you. "
        "Export the list again."
    ),
)

MOST_AT_ONCE = 3


def may_ask(actor: Actor, component: Component, unfinished: int) -> Verdict:
    """Whether `actor` may have a long file made: whoever reads the list, a few at a time."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        may_read_component(actor, component),
        (unfinished < MOST_AT_ONCE, "too_many_exports"),
    )


def may_download(actor: Actor, export: Export) -> Verdict:
    """Whether the file may be handed out: to who asked for it, as long as they may read all of it."""
    return all_of(
        (actor.is_authenticated, "sign_in"),
        (export.member_id == actor.id, "not_visible"),
        (bool(may_read_component(actor, export.component)), "export_outdated"),
        (export.outdated_at is None, "export_outdated"),
    )
