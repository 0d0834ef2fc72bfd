"""Banks that take and give files: ISO 20022 or plain CSV through a folder, each file once."""
