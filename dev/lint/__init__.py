"""The house rules that no stock tool can check. `python -m dev.lint` runs them over the tracked files.

A rule yields findings; a finding is forgiven by one line in `exceptions.txt` that gives its reason.
"""
