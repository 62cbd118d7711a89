"""Comments on proposals, debates and whatever else people publish, in threads of any depth.

`request → views → policies → forms → services → models`; `views → threads → queries → templates/comments/`.
A component shows the thread of a contribution with `views.thread(contribution)` and `comments/_thread.html`,
and closes it by a rule of its own with `policies.register_rule`.
"""
