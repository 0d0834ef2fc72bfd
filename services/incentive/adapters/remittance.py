"""What the texts of a bank's statement may name: numbers of documents, and nothing else of what a remitter writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

_WORD = re.compile(r"[A-Za-z0-9_./-]+")
_NUMBER = re.compile(r"(?=.*[0-9])[A-Za-z0-9_./-]{3,64}")
_NIK = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")
"""NIK, KK and cards have 16 digits in a row; the number of a disbursement document (SP2D) has not."""
MOST = 16


def named_documents(*texts: str) -> tuple[str, ...]:
    """What may be the number of a document: words with a digit, each once, as written and in capitals; at most MOST.

    Names have no digit and are left behind here. Which of the numbers means something only the rule knows.
    """
    return tuple(islice(dict.fromkeys(each for text in texts for each in _numbers(text)), MOST))


def _numbers(text: str) -> Iterator[str]:
    for found in _WORD.findall(text):
        word = found.strip("./-_")
        if _NUMBER.fullmatch(word) and not _NIK.search(word):
            yield from (word, word.upper())
