"""Telling people what happened: in the application, and by mail to those who chose it.

The path of an event: `subscribers → models` in the act's own transaction, then in the worker `tasks →
services → queries`, and `participa.mail`. The path of a page: `views → queries → templates/notifications/`,
`views → forms → services`. Who may be told is written once, as SQL on members, in `queries.may_be_told`.
"""
