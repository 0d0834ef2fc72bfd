"""Decide, commit, tell: how a service of Gelombang keeps its word. No word of the domain in here."""
