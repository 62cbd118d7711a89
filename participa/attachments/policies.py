"""Who may add files, and who may see one."""

from participa.attachments.queries import Place
from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.contributions.policies import may_read
from participa.spaces.models import Component
from participa.spaces.policies import may_act_in, may_browse, may_read_space

define_rules(files_not_taken=_l("Texts go without files here."))


def may_add_files(actor: Actor, component: Component) -> Verdict:
    """Whether `actor` may send files for a text of the component."""
    return all_of(
        may_act_in(actor, component),
        (getattr(component.configuration, "attachments_allowed", False), "files_not_taken"),
    )


def may_read_file(actor: Actor, place: Place) -> Verdict:
    """Whether `actor` may see a file: as the text or the space it is joined to, its owner before that."""
    if place.contribution is not None:
        return may_read(actor, place.contribution)
    if place.logo:
        return all_of()
    if place.network:
        return may_browse(actor)
    if place.space is not None:
        kept = not place.trashed or actor.moderates(place.space.id)
        return all_of(may_read_space(actor, place.space), (kept, "not_visible"))
    return all_of((actor.is_authenticated and place.file.owner_id == actor.id, "not_visible"))
