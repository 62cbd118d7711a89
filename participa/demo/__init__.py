"""The demonstration network: real centres, a real consultation, accounts that are roles and not persons."""
