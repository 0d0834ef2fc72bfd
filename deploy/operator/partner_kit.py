"""The conformance kit: a course platform tries its key and its claims against the border's own rules, without a server.

Nothing leaves the machine. The kit signs samples with the platform's key, forges them in every way it knows, and says
rule by rule whether the border judges as it should; with `claims` it judges what the platform's own program has made.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deploy.operator.installation import OperatorError
from deploy.simulators.claims import Platform, make_claim
from deploy.simulators.forged import Scene, Sent, stranger_key
from deploy.simulators.forged_bodies import FORGED
from services.incentive.adapters.border import Border, ClaimAccepted, ClaimRefused
from services.incentive.adapters.partners import PartnerList, read_partners
from shared.contracts.partner import TOPIC
from shared.engine.ports import Record

PRIVATE_PREFIX = "whsk_"
CODE, COURSE = "CONTOH-0001", "CONTOH-001"
SAMPLE_AT = datetime(2020, 8, 20, 3, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule and what came of it."""

    rule: str
    holds: bool
    said: str

    def plain(self) -> dict[str, Any]:
        return {"rule": self.rule, "holds": self.holds, "said": self.said}


def private_key(path: Path) -> Ed25519PrivateKey:
    """A platform's key: PEM (PKCS 8) or `whsk_<base64>` of the 32 bytes. Raises OperatorError."""
    try:
        raw = path.read_bytes().strip()
        if raw.startswith(b"-----"):
            found = load_pem_private_key(raw, None)
        else:
            seed = base64.b64decode(raw.decode().removeprefix(PRIVATE_PREFIX), validate=True)
            found = Ed25519PrivateKey.from_private_bytes(seed[:32] if len(seed) == 64 else seed)
    except (OSError, ValueError, TypeError, binascii.Error) as error:
        raise OperatorError(f"{path.name} is no private key in PEM or whsk_ form ({type(error).__name__})") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise OperatorError(f"{path.name} holds another kind of key: only Ed25519 is taken")
    return found


def platform_of(partner_code: str, key: Ed25519PrivateKey) -> Platform:
    return Platform(partner_code, partner_code.lower(), "the kit signs no requests", key, partner_code[:3])


def scene_of(platform: Platform, at: datetime) -> Scene:
    """A genuine sample claim of this platform, and a stranger's key to forge it with."""
    fields = {
        "redeem_code": CODE,
        "course_code": COURSE,
        "finished_on": at.date(),
        "certificate_number": f"{platform.certificate_prefix}-000001",
    }
    other = platform_of("LAIN", stranger_key())
    return Scene(platform, other, at, make_claim(platform, at, "contoh_1", fields))


def border_of(scene: Scene, issuer: str | None = None) -> Border:
    """The border as it would be once the office holds this platform's keys; `issuer` is its own id in its badges."""
    row = scene.platform.row()
    if issuer and "badges" in row:  # its own badges: where its list lies is known to the office alone
        row["badges"] = {"issuer": issuer, "keys": row["badges"]["keys"]}
    return Border(PartnerList(read_partners([row, scene.other.row()])))


def record_of(sent: Sent, at: datetime) -> Record:
    return Record(TOPIC, 0, 0, sent.key, sent.body, sent.headers, int((at + sent.late).timestamp() * 1000))


def reason_of(border: Border, sent: Sent, at: datetime) -> str:
    """`believed`, or the reason."""
    judged = border.judge(record_of(sent, at), at + sent.late)
    return judged.reason if isinstance(judged, ClaimRefused) else "believed"


def check(scene: Scene) -> list[Judged]:
    """Every rule of the border, tried with the platform's own key."""
    border, at = border_of(scene), scene.at
    return [*_believed(scene, border, at), *_refused(scene, border, at)]


def _believed(scene: Scene, border: Border, at: datetime) -> Iterator[Judged]:
    genuine = {
        "a genuine claim": scene.genuine(),
        "a certificate that follows later": scene.with_fields(certificate_number=None),
        "a course finished on an earlier day": scene.with_fields(finished_on="2020-08-01"),
    }
    for name, sent in genuine.items():
        said = reason_of(border, sent, at)
        yield Judged(f"believed: {name}", said == "believed", said)


def _refused(scene: Scene, border: Border, at: datetime) -> Iterator[Judged]:
    """One line per reason, with the number of ways tried."""
    ways: dict[str, list[str]] = {}
    for name, (expected, make) in FORGED.items():
        said = reason_of(border, make(scene), at)
        ways.setdefault(expected, []).append("" if said == expected else f"{name}: {said}")
    for expected, found in sorted(ways.items()):
        wrong = [each for each in found if each]
        yield Judged(f"refused: {expected}", not wrong, "; ".join(wrong) or f"{len(found)} ways tried")


def check_own(scene: Scene, rows: Any, issuer: str | None = None) -> list[Judged]:
    """Claims that the platform's own program made, in the form of claims.json. Raises OperatorError."""
    border, judged = border_of(scene, issuer), []
    try:
        for row in rows:
            record, at = _own(row)
            found = border.judge(record, at)
            said = "believed" if isinstance(found, ClaimAccepted) else found.reason
            judged.append(Judged(f"own: {row['name']}", said == row.get("expected", "believed"), said))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise OperatorError(f"the claims have another form than claims.json ({type(error).__name__})") from error
    return judged


def _own(row: Mapping[str, Any]) -> tuple[Record, datetime]:
    headers = tuple((str(name), str(value).encode()) for name, value in row["headers"].items())
    body = base64.b64decode(row["body_base64"], validate=True)
    at = datetime.fromisoformat(row["at"])
    return Record(TOPIC, 0, 0, str(row["key"]).encode(), body, headers), at


def claims_of(scene: Scene) -> list[dict[str, Any]]:
    """The signed samples: what a platform would send, ready for any Kafka client or HTTP."""
    samples = {
        "with certificate number": scene.genuine(),
        "certificate follows": scene.with_fields(certificate_number=None),
    }
    return [_sample(name, sent, scene.at, "believed") for name, sent in samples.items()]


def forged_of(scene: Scene, *, one_each: bool) -> list[dict[str, Any]]:
    """Records that must be refused, with the reason; those whose headers fit into an object and whose body is small."""
    found, seen = [], set()
    for name, (expected, make) in FORGED.items():
        sent = make(scene)
        names = [header for header, _ in sent.headers]
        plain = len(set(names)) == len(names) and sent.body is not None and len(sent.body) < 2_000
        # What is packed is another thing with every version of zlib, and vectors must stay the same.
        if not plain or not _all_text(sent) or name.startswith("compressed") or (one_each and expected in seen):
            continue
        seen.add(expected)
        found.append(_sample(name, sent, scene.at + sent.late, expected))
    return found


def _all_text(sent: Sent) -> bool:
    return sent.key is not None and all(value.isascii() for _, value in sent.headers)


def _sample(name: str, sent: Sent, at: datetime, expected: str) -> dict[str, Any]:
    return {
        "name": name,
        "key": (sent.key or b"").decode(),
        "headers": {header: value.decode() for header, value in sent.headers},
        "body_base64": base64.b64encode(sent.body or b"").decode(),
        "at": at.isoformat(),
        "expected": expected,
    }


def lines(judged: Iterable[Judged]) -> Iterator[str]:
    for each in judged:
        yield f"{'pass' if each.holds else 'FAIL'}  {each.rule}  ({each.said})"


def written(path: Path, content: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path.name
