"""Measures Breakwater against a floor: a bare endpoint of the same server that fetches the same rows."""
