"""Topics, users and rights on the brokers and the database: run at every start, changes only what differs."""
