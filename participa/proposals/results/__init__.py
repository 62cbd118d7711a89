"""The results of the vote on one proposal, by persons, by centres and over time, and what protects who voted what.

views → reading → protection | queries; docs/decisions/0018-who-voted-what.md says what is protected, and how.
"""
