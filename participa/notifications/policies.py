"""Who has notifications."""

from participa.authorization import Actor, Verdict, all_of


def may_have_notifications(actor: Actor) -> Verdict:
    """Whether `actor` is told anything at all: signed-in members."""
    return all_of((actor.is_authenticated, "sign_in"))
