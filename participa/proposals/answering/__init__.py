"""The moderators' answers: states, answers and their history, templates, promised dates.

views → policies → forms → services → models, views → queries → templates/proposals/answering/.
"""
