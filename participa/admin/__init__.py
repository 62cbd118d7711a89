"""What coordinators do: members, invitations, centres, the network's settings, mail and the log.

The path of a request: `views → network.policies → forms → services`, `views → queries → templates/admin/`.
"""
