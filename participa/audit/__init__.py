"""The append-only record of who did what: `services.record` writes it, the coordination reads it."""
