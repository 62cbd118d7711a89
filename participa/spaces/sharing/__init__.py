"""Share links: an unpublished space or component shown to whoever holds the link, to read, until it is published."""
