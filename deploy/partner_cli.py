"""`gelombang partner`: keys of course platforms, and the kit with which a platform tries its claims at home."""

from __future__ import annotations

import json as json_
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
from cyclopts import App, Parameter

from deploy.operator import partner_file, partner_kit
from deploy.operator.installation import OperatorError, installation
from deploy.operator.partner_badges import check_badges, with_badges
from deploy.operator.partner_vectors import vectors
from deploy.operator.terminal import failed, run, tell
from deploy.simulators.forged import Scene

Json = Annotated[bool, Parameter(name="--json", negative="", help="One JSON document instead of lines.")]
File = Annotated[Path, Parameter(help="The file of partners (GELOMBANG_PARTNERS_FILE).")]
PARTNERS = Path("run/secrets/partners.json")

partner = App(name="partner", help="Course platforms: their keys, and trying their claims without a server.")


def _told(as_json: bool, work: Callable[[], Any]) -> int:
    try:
        tell(work(), as_json)
    except OperatorError as error:
        return failed(str(error))
    return 0


@partner.command
def check(
    *,
    key: Path,
    partner: str,
    claims: Path | None = None,
    badge_key: Path | None = None,
    issuer: str | None = None,
    out: Path = Path("partner-check"),
    json: Json = False,
) -> int:
    """Try a private key, and with `--claims` your own signed claims, against every rule; 1 when one fails.

    `--badge-key` tries the key of your badges too; with `--issuer`, your id in them, those in your own claims.
    Writes claims.json (signed samples), forged.json (what must be refused, and why) and vectors.json to `--out`.
    """
    try:
        scene = partner_kit.scene_of(
            partner_kit.platform_of(partner, partner_kit.private_key(key)), partner_kit.SAMPLE_AT
        )
        judged = partner_kit.check(scene)
        if badge_key:
            badges = partner_kit.private_key(badge_key)
            judged += check_badges(scene, badges)
            scene = with_badges(scene, badges)
        if claims:
            judged += partner_kit.check_own(scene, _read(claims), issuer)
    except OperatorError as error:
        return failed(str(error))
    return _result(judged, scene.platform.public_key(), _samples(scene, out), out, json)


def _samples(scene: Scene, out: Path) -> list[str]:
    return [
        partner_kit.written(out / "claims.json", partner_kit.claims_of(scene)),
        partner_kit.written(out / "forged.json", partner_kit.forged_of(scene, one_each=False)),
        partner_kit.written(out / "vectors.json", vectors()),
    ]


def _result(judged: list[partner_kit.Judged], public: str, files: list[str], out: Path, as_json: bool) -> int:
    holds = all(each.holds for each in judged)
    found = {"holds": holds, "public_key": public, "rules": [each.plain() for each in judged], "files": files}
    told = [*partner_kit.lines(judged), f"public key: {public}", f"written to {out}: {', '.join(files)}"]
    tell(found, as_json, told)
    return 0 if holds else 1


def _read(path: Path) -> Any:
    try:
        return json_.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise OperatorError(f"{path} cannot be read ({type(error).__name__})") from error


@partner.command(name="new-key")
def new_key(target: Path, *, json: Json = False) -> int:
    """Make a private key in a new file and print its public half, which the office enters."""
    return _told(json, lambda: partner_file.make_key(target))


@partner.command(name="keys")
def list_keys(*, file: File = PARTNERS, json: Json = False) -> int:
    """Every platform's keys with their status."""
    return _told(json, lambda: partner_file.keys(file))


@partner.command(name="add-key")
def add_key(partner: str, public_key: str, *, badges: bool = False, file: File = PARTNERS, json: Json = False) -> int:
    """A second active key beside the first, while the platform changes over. `--badges`: one that signs its badges."""
    return _told(json, lambda: partner_file.add_key(file, partner, public_key, badges))


@partner.command(name="add-sign-key")
def add_sign_key(partner: str, target: Path, *, file: File = PARTNERS, json: Json = False) -> int:
    """Make a second secret for a platform's requests (status, commit, its refused claims), in a new file for it."""
    return _told(json, lambda: partner_file.add_sign_key(file, partner, target))


@partner.command(name="retire-sign-key")
def retire_sign_key(partner: str, fingerprint: str, *, file: File = PARTNERS, json: Json = False) -> int:
    """Take a secret away, named by its fingerprint (`gelombang partner keys`), once the platform uses the other."""
    return _told(json, lambda: partner_file.retire_sign_key(file, partner, fingerprint))


@partner.command(name="revoke-key")
def revoke_key(
    partner: str, public_key: str, *, since: datetime | None = None, file: File = PARTNERS, json: Json = False
) -> int:
    """Revoke a key at once. `--since`: it was stolen then; what it signed from then on is held as well."""
    return _told(json, lambda: partner_file.revoke_key(file, partner, public_key, since, datetime.now(UTC)))


@partner.command(name="status-list")
def status_list(partner: str, source: Path, *, file: File = PARTNERS, json: Json = False) -> int:
    """Verify and keep a platform's signed list of withdrawn badges."""
    return _told(json, lambda: partner_file.store_status_list(file, partner, source, datetime.now(UTC)))


@partner.command
def refused(
    partner: str,
    *,
    folder: Annotated[Path, Parameter(help="Where `gelombang up` keeps its files.")] = Path("run"),
    json: Json = False,
) -> int:
    """The latest refused claims of one platform, with reasons: what it may be told."""

    async def work() -> int:
        async with installation(folder) as found, found.client("secretariat") as client:
            tell(await refused_claims(client, partner), json)
        return 0

    return run(work())


async def refused_claims(client: httpx.AsyncClient, partner: str) -> list[dict[str, Any]]:
    """The latest refused claims that a platform's key had signed. Raises OperatorError for what can be no code."""
    answer = await client.get("/incentive/staff/refused-claims", params={"partner_code": partner})
    if answer.status_code == 422:
        raise OperatorError(f"{partner} is no code of a platform (gelombang partner keys lists them)")
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()["claims"]
    return found
