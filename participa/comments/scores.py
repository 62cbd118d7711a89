"""How useful a comment is held to be: the lower end of what its votes let one believe (Wilson, 95 %)."""

from math import sqrt

Z = 1.96


def score(up: int, down: int) -> float:
    """The share of readers who find it useful, at least, given `up` votes for and `down` against."""
    n = up + down
    if n == 0:
        return 0.0
    return (up + Z * Z / 2 - Z * sqrt(up * down / n + Z * Z / 4)) / (n + Z * Z)
