"""What is joined to contributions and spaces: links to sources, which imports add, images and documents.

A file is taken in as soon as it is chosen (`views.receive`), judged by its content (`content`), kept in the `Storage`,
and waits there, seen by its owner alone, until the text that it belongs to is published (`services.join`). Until
then the draft of that text names it; what nothing names any more is swept (`tasks.sweep`).
"""
