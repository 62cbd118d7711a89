"""The network, its centres, the profiles of its members, its settings and footer texts.

The path of a request: `views → policies → forms → services → models`, `views → queries → templates/network/`.
What members wrote is known higher up and comes through `activity`.
"""
