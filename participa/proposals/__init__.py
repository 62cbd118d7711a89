"""Ideas put forward for others to support, and the moderators' answers.

request → views → policies → forms → services → models; views → queries → templates/proposals/.
"""
