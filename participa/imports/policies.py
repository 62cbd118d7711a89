"""Who brings texts in."""

from participa.authorization import Actor, Verdict, all_of, define_rules
from participa.catalogues import lazy_gettext as _l
from participa.imports.models import Import, Stage
from participa.spaces.models import Component
from participa.spaces.policies import may_administer, may_read_component

define_rules(import_is_running=_l("These lines are being imported: wait until they are all in."))


def may_import(actor: Actor, component: Component) -> Verdict:
    """Whether `actor` may bring texts into the component: an administrator of the space."""
    return all_of(may_administer(actor, component.space), may_read_component(actor, component))


def may_change(actor: Actor, run: Import) -> Verdict:
    """Whether `actor` may match the columns of an import, correct its lines or start it."""
    return all_of(may_import(actor, run.component), (run.stage is not Stage.RUNNING, "import_is_running"))
