"""Questions to the guest of a debate: asked and raised by members, answered in their own threads."""
