"""SNAP BI, the national standard of payment interfaces, as a client: signing, codes, tokens, calls."""
