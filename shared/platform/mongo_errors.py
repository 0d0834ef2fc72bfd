"""The driver's errors in the port's words. Their texts are dropped: they quote the values of keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bson.errors import BSONError, InvalidDocument
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    DocumentTooLarge,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
)

from shared.engine.ports import DuplicateKey, TransientError, Unstorable, WriteConflict

DUPLICATE_KEY, WRITE_CONFLICT, TOO_LARGE = 11000, 112, {10334, 17419, 17420, 2}


@contextmanager
def translated() -> Iterator[None]:
    """The driver's errors in the port's words. The texts are dropped: they quote the values of keys."""
    try:
        yield
    except (DuplicateKeyError, BulkWriteError, PyMongoError) as error:
        raise translation(error) from None
    except (InvalidDocument, BSONError, OverflowError, UnicodeEncodeError):
        raise Unstorable from None


def translation(error: PyMongoError) -> Exception:
    codes = {getattr(error, "code", None)}
    if isinstance(error, BulkWriteError):
        codes |= {each.get("code") for each in (error.details or {}).get("writeErrors", [])}
    if DUPLICATE_KEY in codes:
        return DuplicateKey()
    if WRITE_CONFLICT in codes:
        return WriteConflict()
    if isinstance(error, (DocumentTooLarge, InvalidDocument)) or codes & TOO_LARGE:
        return Unstorable()
    if isinstance(error, ConfigurationError) or (isinstance(error, OperationFailure) and not _is_transient(error)):
        return error
    return TransientError(type(error).__name__)


def _is_transient(error: OperationFailure) -> bool:
    labels = ("TransientTransactionError", "RetryableWriteError", "UnknownTransactionCommitResult")
    retryable = {6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 251, 24, 225, 263, 50}
    return error.code in retryable or any(error.has_error_label(label) for label in labels)
