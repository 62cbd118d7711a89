"""What is joined to contributions and spaces: links to sources, which imports add."""
