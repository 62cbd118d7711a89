"""Several authors for one proposal: inviting, accepting, declining, leaving.

The rows are `contributions.models.Authorship`; views → policies → services, views → queries → templates.
"""
