"""Another text for a proposal, that its authors accept or not.

views → policies → forms → services → models; views → queries → templates/proposals/amendments/. What changed in the
proposal since an amendment was begun is found by `passages`.
"""
