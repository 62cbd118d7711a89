"""What proposals do when something happens elsewhere."""

from participa.proposals.amendments import subscribers as amendments

__all__ = ["amendments"]
