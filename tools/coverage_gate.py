"""Show what the tests did not reach, and refuse when it is too much of the lines or of the branches."""

import json
import subprocess
import sys

LINES = 95.0
BRANCHES = 90.0


def main() -> int:
    """Report, and give the exit code."""
    subprocess.run([sys.executable, "-m", "coverage", "report", "--skip-covered"], check=True)
    said = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "-q", "-o", "-"],
        check=True,
        capture_output=True,
        text=True,
    )
    totals = json.loads(said.stdout)["totals"]
    lines = 100 * totals["covered_lines"] / totals["num_statements"]
    branches = 100 * totals["covered_branches"] / totals["num_branches"]
    print(
        f"Covered: {lines:.1f} % of lines (limit {LINES:.0f}), {branches:.1f} % of branches ({BRANCHES:.0f})."
    )
    return int(lines < LINES or branches < BRANCHES)


if __name__ == "__main__":
    sys.exit(main())
