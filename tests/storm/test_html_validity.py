"""Every page that the web tests render is valid HTML, as the Nu checker sees it."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from participa.config import ROOT

VERSION = "26.9.27"
LEFT_OUT = (
    # stacked on phones, a table keeps what it is only through roles that the checker takes for redundant
    r".*The “role” attribute must not be used on a “t[hdr]” element.*",
)


@pytest.fixture(scope="session")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checker's program, fetched once and kept in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "participa"
    program = cache / f"vnu-{VERSION}.jar"
    if not program.exists():
        folder = tmp_path_factory.mktemp("vnu")
        subprocess.run(["npm", "pack", "--silent", f"vnu-jar@{VERSION}"], cwd=folder, check=True)
        with tarfile.open(next(folder.glob("*.tgz"))) as package:
            jar = package.extractfile("package/build/dist/vnu.jar")
            assert jar is not None
            cache.mkdir(parents=True, exist_ok=True)
            (folder / "vnu.jar").write_bytes(jar.read())
        shutil.move(folder / "vnu.jar", program)
    return program


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """The pages that the web tests render: those that `make storm` kept, else of a run of their own."""
    kept = Path(os.environ.get("PARTICIPA_KEPT_PAGES") or tmp_path)
    if kept == tmp_path:
        subprocess.run(
            [sys.executable, "-m", "pytest", "tests/web", "-q", "-p", "no:cacheprovider"],
            cwd=ROOT, env={**os.environ, "PARTICIPA_KEEP_PAGES": str(kept)}, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    assert len(list(kept.iterdir())) > 1000
    return kept


def test_every_page_is_valid_html(checker: Path, pages: Path) -> None:
    left_out = "|".join(LEFT_OUT)
    checked = subprocess.run(
        ["java", "-jar", str(checker), "--errors-only", "--format", "gnu", "--filterpattern", left_out, str(pages)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    faults = sorted({line.removeprefix(f'"file:{pages}/') for line in checked.stderr.splitlines()})
    assert not faults, "\n".join([f"{len(faults)} faults", *faults[:60]])
