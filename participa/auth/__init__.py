"""Accounts: coming in, invitations, passwords, devices, and what slows guessing down.

The path of a sign-in: `views` → `throttle` (may this be tried?) → `passwords` → `session` (row and cookie).
"""
