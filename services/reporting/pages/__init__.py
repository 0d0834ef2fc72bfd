"""Server-rendered pages of reporting; no script, small enough for a cheap phone."""
