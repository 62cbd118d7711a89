"""What people decide about spaces, as plain values between a form and a service."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from participa.spaces.models import Visibility

RESERVED_SLUGS = {"new"}
"""Ends of addresses that are pages of their own."""


class SpaceDraft(NamedTuple):
    """What a space says of itself, and who reads it."""

    name: str
    summary: str
    description: str
    accent: str
    visibility: Visibility
    slug: str | None = None
    """The end of its address; None makes one from the name, or keeps the one there is."""
    announcement: str = ""
    promoter: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    programme: str = ""
    parent_id: int | None = None
    group_id: int | None = None


class GroupDraft(NamedTuple):
    """What a group of spaces says of itself."""

    name: str
    summary: str
    description: str
    accent: str
    slug: str | None = None


class PlannedPhase(NamedTuple):
    """One phase of a calendar; its last day is included."""

    key: int | None
    """The number of the phase it changes; None for a new one."""
    name: str
    description: str
    starts_on: date
    ends_on: date
    translations: Mapping[str, Any] = {}
    """What a new phase says in the network's other languages."""


class Configuration(NamedTuple):
    """The texts, settings and rules of a component."""

    name: str
    introduction: str
    settings: dict[str, Any]
    rules: dict[str, dict[str, bool]]
    """By phase id as text, or `always`."""
