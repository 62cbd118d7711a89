"""The network and its centres."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from participa.db import Base
from participa.wording import Worded


class Network(Worded, Base):
    """The one network this deployment serves, and its settings."""

    __tablename__ = "network"
    __table_args__ = (CheckConstraint("id = 1", name="network_is_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    languages: Mapped[list[str]]
    """Language codes offered, the default first."""
    time_zone: Mapped[str] = mapped_column(default="Europe/Paris", server_default="Europe/Paris")
    visitors_may_read: Mapped[bool] = mapped_column(default=False, server_default="false")
    footer: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Texts by page (charter, accessibility, privacy, help) then language, in Markdown; else the defaults."""
    blocks: Mapped[list[Any] | None] = mapped_column(JSONB)
    """What the front page is made of, from top to bottom; null is what networks begin with."""
    blocks_draft: Mapped[list[Any] | None] = mapped_column(JSONB)
    """The same, being changed: seen by coordinators until it is put in force."""
    accent: Mapped[str] = mapped_column(default="reseau", server_default="reseau")
    """The colour of pages that belong to no space."""
    logo: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """The number of the file of its logo, and what it stands for; attachments keep both."""
    menu: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    """The pages linked everywhere, as `pages` keeps them: slug, titles by language, place, address of a link."""
    nav: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    """The entries of the menu that were moved or hidden: their keys, in their order, and whether they show."""
    centre_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many centres are members now."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")


class Centre(Base):
    """An organisation that is a member of the network."""

    __tablename__ = "centres"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    territory: Mapped[str] = mapped_column(default="", server_default="")
    city: Mapped[str] = mapped_column(default="", server_default="")
    website: Mapped[str] = mapped_column(default="", server_default="")
    description: Mapped[str] = mapped_column(default="", server_default="")
    time_zone: Mapped[str] = mapped_column(default="Europe/Paris", server_default="Europe/Paris")
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    """When it left the network; its past acts keep its name."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")


class StaticPage(Base):
    """A page that the coordination writes, titles and Markdown by language, or a link that it gives."""

    __tablename__ = "static_pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    topic: Mapped[str] = mapped_column(default="", server_default="")
    place: Mapped[str] = mapped_column(default="footer", server_default="footer")
    """A value of `pages.Place`."""
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    titles: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    href: Mapped[str] = mapped_column(default="", server_default="")
    """Where it leads when it is a link, which has no text of its own."""
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
