"""The part of the conformance kit that tries a platform's badge key: genuine badges believed, forged ones refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.operator.partner_kit import COURSE, Judged, border_of, reason_of
from deploy.simulators.badges import Form, secured
from deploy.simulators.forged import Scene, stranger_key
from deploy.simulators.forged_badges import CHANGES, MANNERS, BadgeScene, Credential

FORMS: tuple[Form, ...] = ("jwt", "jcs")


def with_badges(scene: Scene, key: Ed25519PrivateKey) -> Scene:
    """The same platform with an agreement about badges under its sample issuer id."""
    return replace(scene, platform=replace(scene.platform, badge_key=key))


def check_badges(scene: Scene, key: Ed25519PrivateKey) -> list[Judged]:
    """Every rule about badges, tried with the platform's own badge key. The office's list counts as missing."""
    code = str(scene.fields["redeem_code"])
    about = BadgeScene(scene.platform.client_code, key, "lain", stranger_key(), scene.at, code, COURSE)
    scene = with_badges(scene, key)
    return [*_believed(scene, about), *_refused(scene, about)]


def _said(scene: Scene, credential: Credential) -> str:
    sent = scene.with_fields(certificate_number=None, credential=credential)
    return reason_of(border_of(scene), sent, scene.at)


def _believed(scene: Scene, about: BadgeScene) -> Iterator[Judged]:
    for form in FORMS:
        said = _said(scene, about.genuine(form))
        yield Judged(f"believed: a genuine badge as {form}", said == "believed", said)


def _refused(scene: Scene, about: BadgeScene) -> Iterator[Judged]:
    ways: dict[str, list[str]] = {}
    for name, expected, credential in _forged(about):
        said = _said(scene, credential)
        ways.setdefault(expected, []).append("" if said == expected else f"{name}: {said}")
    for expected, found in sorted(ways.items()):
        wrong = [each for each in found if each]
        yield Judged(f"refused: {expected}", not wrong, "; ".join(wrong) or f"{len(found)} ways tried")


def _forged(about: BadgeScene) -> Iterator[tuple[str, str, Credential]]:
    for name, (expected, change) in CHANGES.items():
        # Whether an index lies in the list can only be said where the list is: at the office.
        for form in FORMS if name != "index_outside" else ():
            yield f"{name} as {form}", expected, secured(about.key, change(about, about.document()), form)
    for name, (expected, manner) in MANNERS.items():
        yield name, expected, manner(about)
