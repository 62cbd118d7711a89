"""The trash of contributions: proposals and debates, with all that hangs on them."""
