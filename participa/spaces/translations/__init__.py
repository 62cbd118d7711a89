"""Translations: what spaces and the network say, written again in the network's other languages."""
