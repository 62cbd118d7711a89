"""How the database came to its present tables."""
