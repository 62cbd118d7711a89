"""Debates: a question put to everyone for a time, short arguments side by side, a thread, and conclusions.

`request → views → policies → forms → services → models`, and `views → queries → templates/debates/`. Beside `views`:
`arguments` (one argument, lifting a message, making a proposal of it), `closing` (what helps to conclude, quotations),
`exporting` (Argdown, JSON, Markdown), `together` (what brings together),
`similar` (what says nearly the same).
"""
