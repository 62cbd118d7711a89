"""Bringing in what was written elsewhere: a known source from the command line, any file in the browser.

Path: `cli → republique_numerique (reads one source's format) → machinery (writes, each thing once) → features' models`;
`views → forms → services → files (rows of texts), columns (what a line says, what is wrong) → tasks → machinery`.
"""
