"""Makes participa/demo/opinions.jsonl: the part of the République numérique consultation that the demonstration shows.

Usage: python tools/demo_opinions.py path/to/opinions.jsonl.gz
Source and licence: docs/data.md.
"""

import gzip
import json
import sys
from pathlib import Path

PLACES = {
    "sante": (455, 470, 560, 646, 412, 571, 717),
    "education": (494, 237, 443, 613, 643, 250, 257),
    "developpement-economique": (91, 518, 748, 554, 698),
    "projet-urbain": (778, 739, 763, 251, 335, 671),
    "acces-aux-droits": (89, 195, 122, 426, 308, 689, 273, 110, 272),
    "participation-citoyenne": (123, 130, 288, 302, 407, 435, 391, 315, 296),
    "outre-mer": (340, 524, 238, 719, 724),
    "vie-du-reseau": (649, 648, 304),
}
KEPT = (
    "id",
    "title",
    "body",
    "created_at",
    "updated_at",
    "votes_ok",
    "votes_nok",
    "votes_mitige",
    "author",
    "section",
)


def main(source: Path) -> None:
    """Write the chosen opinions, one a line, with the space each goes to."""
    space_of = {number: space for space, numbers in PLACES.items() for number in numbers}
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        opinions = [opinion for line in lines if (opinion := json.loads(line))["id"] in space_of]
    opinions.sort(key=lambda opinion: list(space_of).index(opinion["id"]))
    target = Path(__file__).resolve().parent.parent / "participa" / "demo" / "opinions.jsonl"
    with target.open("w", encoding="utf-8") as out:
        for opinion in opinions:
            chosen = {"space": space_of[opinion["id"]]} | {name: opinion[name] for name in KEPT}
            chosen["appendices"] = []
            chosen["arguments"] = opinion["arguments"]
            chosen["sources"] = opinion["sources"]
            out.write(json.dumps(chosen, ensure_ascii=False) + "\n")
    print(f"{len(opinions)} opinions, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
