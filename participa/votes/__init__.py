"""Votes on contributions, and the figures they make: counts, ballots, centres.

request → views → ballots (the kind's own rules) → services → models; kinds register their rules and answers.
"""
