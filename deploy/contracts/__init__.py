"""The contracts as files: schemas, samples and API documents, written by `python -m deploy.contracts`."""
