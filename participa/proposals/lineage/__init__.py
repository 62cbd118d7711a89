"""Where a proposal comes from and what it became: merging, splitting, copying and moving, and undoing it.

request → views → policies → forms → services (figures) → models, views → queries → templates/proposals/lineage/.
The texts that a merge or a split replaces go to the trash with their votes and followers, which their successors
receive as copies; comments and attachments move, and a row says of each where it came from.
"""
