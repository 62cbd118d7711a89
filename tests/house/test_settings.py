"""What an operator may set or start is written down."""

import re

from participa.config import ROOT


def test_every_variable_is_in_the_deployment_guide() -> None:
    read = re.findall(
        r'"((?:PARTICIPA_|DATABASE_)[A-Z_]+|PORT)"', (ROOT / "participa" / "config.py").read_text()
    )
    guide = (ROOT / "docs" / "deploy.md").read_text()

    assert len(set(read)) > 15
    assert [name for name in sorted(set(read)) if f"`{name}`" not in guide] == []


def test_every_target_is_explained_and_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)", makefile, re.MULTILINE)
    assert phony
    for name in phony[1].replace("\\\n", " ").split():
        assert re.search(rf"^{name}:", makefile, re.MULTILINE), name
        assert re.search(rf"^{name}:.*## ", makefile, re.MULTILINE) or name.startswith("packages-"), name
