"""Comments on proposals, debates and whatever else people publish, in threads of any depth.

`request → views → policies → forms → services → models`; `views → threads → queries → templates/comments/`.
A component shows the thread of a contribution with `views.thread(contribution)` and `comments/_thread.html`,
closes it by a rule of its own with `policies.register_rule`, adds to the menus of its comments with
`policies.register_action`, and says with `policies.register_asked` whose messages there are answers. `around`
tells who was heard and what is new, `together` what brings together, `mentions` who is called by name.
"""
