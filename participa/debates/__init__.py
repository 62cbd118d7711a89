"""Debates: a question put to everyone for a time, short arguments side by side, a thread, and conclusions.

`request → views → policies → forms → services → models`, and `views → queries → templates/debates/`. Beside `views`:
`arguments` (one argument, lifting a message, making a proposal of it), `concluding` (closing, correcting, opening
again), `closing` (what helps to conclude, quotations), `exporting` (Argdown, JSON, Markdown), `together` (what brings
together), `similar` (what says nearly the same). `questions` is the guest of a debate and what members ask them.
"""
