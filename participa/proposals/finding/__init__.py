"""The list of proposals elsewhere than on its page: on paper, in a feed, in a file.

request → views → lists (what the address asks) → queries → templates/proposals/finding/, or columns → exports.
"""
