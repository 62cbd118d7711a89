"""Registers with the pages of spaces what they show of documents and images."""

from participa.attachments.documents.blocks import plug

plug()
