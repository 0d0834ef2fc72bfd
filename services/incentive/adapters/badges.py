"""Open Badges 3.0 instead of a certificate number: a credential that binds issuer, person and course.

The person is bound by the redeem code, hashed with a salt of its own. Not by the NIK, hashed or not: sixteen digits
that follow from area, birth date and a counter are found by trying, whatever the salt, and a badge is made to be shown.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.incentive.adapters.claim_body import NotBelieved
from services.incentive.adapters.credentials import opened
from services.incentive.adapters.partners import Badges, Partner
from services.incentive.adapters.status_lists import index_of, status_list_of
from services.incentive.domain.certificates import Badge
from services.incentive.domain.doubts import STATUS_UNKNOWN

LEAST_SALT = 16
"""Characters of a salt: fewer, and one table would serve for many badges."""
_ID = re.compile(r"urn:uuid:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_HASH = re.compile(r"sha256\$[0-9a-f]{64}")
_NIK = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a badge must be about, and when it is looked at."""

    redeem_code: str
    course_code: str
    now: datetime


def badge_of(partner: Partner, credential: str | Mapping[str, Any], asked: Asked, stored: bytes | None) -> Badge:
    """The badge of a claim; `stored` is the platform's status list. Raises NotBelieved BADGE_*."""
    badges = partner.badges
    if badges is None:
        raise NotBelieved("BADGE_NOT_AGREED")
    found = opened(badges, credential, asked.now)
    if "OpenBadgeCredential" not in found.document["type"]:
        raise NotBelieved("BADGE_TYPE_WRONG")
    _check_subject(found.document.get("credentialSubject"), asked)
    doubts, index = _status(badges, found.document.get("credentialStatus"), stored, asked.now)
    return Badge(_number(found.document.get("id")), index, (*found.doubts, *doubts))


def _number(id: Any) -> str:
    """What stands for the certificate number: unique by construction, and small enough to be read out."""
    match = _ID.fullmatch(id) if isinstance(id, str) else None
    if match is None:
        raise NotBelieved("BADGE_ID_WRONG")
    return f"OB-{match[1]}"


def _check_subject(subject: Any, asked: Asked) -> None:
    if not isinstance(subject, Mapping) or subject.get("type") not in ("AchievementSubject", ["AchievementSubject"]):
        raise NotBelieved("BADGE_SUBJECT_WRONG")
    if any(_NIK.search(text) for text in _texts(subject)):
        raise NotBelieved("BADGE_HOLDS_NIK")
    _check_person(subject.get("identifier"), asked.redeem_code)
    achievement = subject.get("achievement")
    if not isinstance(achievement, Mapping) or achievement.get("humanCode") != asked.course_code:
        raise NotBelieved("BADGE_FOR_OTHER_COURSE")


def _check_person(identifiers: Any, redeem_code: str) -> None:
    identities = [each for each in identifiers if isinstance(each, Mapping)] if isinstance(identifiers, list) else []
    if len(identities) != 1:
        raise NotBelieved("BADGE_SUBJECT_WRONG")
    (identity,) = identities
    if identity.get("identityType") == "nationalIdentityNumber":
        raise NotBelieved("BADGE_HOLDS_NIK")
    salt, told = identity.get("salt"), identity.get("identityHash")
    if identity.get("hashed") is not True or not isinstance(told, str) or not _HASH.fullmatch(told):
        raise NotBelieved("BADGE_SUBJECT_NOT_HASHED")
    if not isinstance(salt, str) or len(salt) < LEAST_SALT:
        raise NotBelieved("BADGE_SALT_TOO_SHORT")
    if not hmac.compare_digest(told, identity_hash(redeem_code, salt)):
        raise NotBelieved("BADGE_FOR_OTHER_PERSON")


def identity_hash(value: str, salt: str) -> str:
    """`sha256$` and the hexadecimal SHA-256 of value and salt (OB 3.0, IdentityObject)."""
    return "sha256$" + hashlib.sha256((value + salt).encode("utf-8", "surrogatepass")).hexdigest()


def _texts(value: Any) -> Iterator[str]:
    """Every text of the subject, except what is random by nature: hash and salt."""
    if isinstance(value, Mapping):
        value = [inner for name, inner in value.items() if name not in ("identityHash", "salt")]
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    else:
        yield str(value)


def _status(badges: Badges, status: Any, stored: bytes | None, now: datetime) -> tuple[tuple[str, ...], int | None]:
    """Doubts about a badge's status, and its place in the list. Raises NotBelieved BADGE_WITHDRAWN, BADGE_STATUS_*."""
    if badges.status_list is None:
        return (), None
    index = index_of(badges, status)
    if stored is None:
        return (STATUS_UNKNOWN,), index
    try:
        known = status_list_of(badges, stored, now)
    except NotBelieved:  # our own stored file is at fault, not the badge: it waits for a good list
        return (STATUS_UNKNOWN,), index
    if known.withdrawn(index):
        raise NotBelieved("BADGE_WITHDRAWN")
    return ((STATUS_UNKNOWN,) if known.made_at < now - badges.fresh else ()), index
