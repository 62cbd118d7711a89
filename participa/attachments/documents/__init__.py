"""The documents of a space, filed in folders, and its images; those who moderate it keep them."""
