"""Outside systems as small programs that misbehave on demand, each with a ledger that tests can read."""
