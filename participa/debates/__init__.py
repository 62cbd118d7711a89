"""Debates: a question put to everyone for a time, short arguments side by side, a thread, and conclusions.

`request → views → policies → forms → services → models`, and `views → queries → templates/debates/`.
"""
