"""Writes: one function is one thing a person does to a space, in one transaction."""

from participa.spaces.services.components import (
    add_component,
    configure,
    move_component,
    show_component,
)
from participa.spaces.services.groups import close_group, edit_group, open_group
from participa.spaces.services.phases import set_calendar, turn_phases
from participa.spaces.services.spaces import edit_space, move_space, open_space, relate, show_space, unrelate
from participa.spaces.services.team import copy_team, enter, give_role, give_role_to_all, take_role
from participa.spaces.services.trash import trash_component, trash_space

__all__ = [
    "add_component",
    "close_group",
    "configure",
    "copy_team",
    "edit_group",
    "edit_space",
    "enter",
    "give_role",
    "give_role_to_all",
    "move_component",
    "move_space",
    "open_group",
    "open_space",
    "relate",
    "set_calendar",
    "show_component",
    "show_space",
    "take_role",
    "trash_component",
    "trash_space",
    "turn_phases",
    "unrelate",
]
