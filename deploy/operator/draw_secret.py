"""`gelombang draw secret`, `draw share check`, `sign`: what an official does on the own machine, without any server.

An official runs `secret` once and gets three kinds of files: `secret.json` to keep and show nobody before the draw,
`commitment.json` for the office, and one `share-...json` for each other official, handed over in person. With
`secret.json` the official also signs, for the office, that a share that came from another fits its commitment.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.operator.installation import OperatorError
from services.registration.adapters import share_signatures
from services.registration.domain import officials, plain_text, sharing
from shared.contracts.decision import Refused

OWN, PUBLIC = "secret.json", "commitment.json"


def make(folder: Path, wave: int, name: str, names: Sequence[str], wanted: int = 3) -> dict[str, Any]:
    """Write an official's files into a new folder. `names` are all officials in the order of the wave's page.

    Raises OperatorError when the folder exists (a second secret would make the first one's shares useless), or the
    names are not those of 3 to 9 different people of whom this is one.
    """
    name, names = _clean(name), [_clean(each) for each in names]
    if len(set(names)) != len(names) or not officials.LEAST <= len(names) <= officials.MOST or name not in names:
        raise OperatorError("name all officials of the wave in their order, 3 to 9, yourself among them")
    if folder.exists():
        raise OperatorError(f"{folder} exists: a new secret would replace one whose shares others may hold")
    threshold = officials.threshold_of(len(names), wanted)
    holders = {number: holder for number, holder in enumerate(names, 1) if holder != name}
    polynomial = [1 + secrets.randbelow(sharing.ORDER - 1) for _ in range(threshold)]
    points, shares = sharing.deal(polynomial, list(holders))
    folder.mkdir(parents=True, mode=0o700)
    about = {"wave": wave, "official": name}
    _write(folder / OWN, {**about, "officials": names, "secret": sharing.digits_of(polynomial[0])})
    _write(folder / PUBLIC, {**about, "points": list(points)})
    for number, share in shares.items():
        file = folder / f"share-{number}-{_slug(holders[number])}.json"
        _write(file, {**about, "holder": holders[number], "number": number, "share": share})
    return {"commitment": points[0], "threshold": threshold, "files": sorted(path.name for path in folder.iterdir())}


def check(share: Path, commitment: Path) -> dict[str, Any]:
    """Whether a share opens, with others, the secret that was committed to. Raises OperatorError for other files."""
    held, promised = read(share), read(commitment)
    try:
        same = (held["wave"], held["official"]) == (promised["wave"], promised["official"])
        fits = same and sharing.holds(str(held["share"]), int(held["number"]), list(promised["points"]))
        return {"official": held["official"], "holder": held["holder"], "number": held["number"], "holds": fits}
    except (KeyError, TypeError, ValueError) as error:
        raise OperatorError(f"this is not a share and its commitment: {type(error).__name__} {error}") from error


def sign(target: Path, share: Path, commitment: Path, own: Path) -> dict[str, Any]:
    """Sign, with the holder's own secret, that a share fits its commitment; `target` is the file for the office.

    Raises OperatorError, and writes nothing, when it does not fit, or is not the share of whose secret this is.
    """
    fits, held, promised, mine = check(share, commitment), read(share), read(commitment), read(own)
    try:
        names, holder = [str(each) for each in mine["officials"]], str(mine["official"])
        place = (mine["wave"], holder, names.index(holder) + 1)
        if not fits["holds"] or place != (held["wave"], held["holder"], held["number"]):
            raise OperatorError(
                "this share does not fit: do not sign; ask its official for another and tell the office"
            )
        official, points = str(promised["official"]), [str(each) for each in promised["points"]]
        text = officials.acknowledgement(int(mine["wave"]), names, official, points, holder)
        signature = share_signatures.sign(str(mine["secret"]), text)
    except (KeyError, TypeError, ValueError) as error:
        raise OperatorError(f"{own} is not the secret of a holder: {type(error).__name__} {error}") from error
    word = {"wave": mine["wave"], "official": official, "points": points, "holder": holder, "signature": signature}
    _write(target, word)
    return {"official": official, "holder": holder, "file": str(target)}


def opening(secret_files: Sequence[Path], share_files: Sequence[Path]) -> dict[str, Any]:
    """The body of `POST /registration/waves/<n>/draw` from the files that officials bring. Raises OperatorError."""
    try:
        given = [{key: found[key] for key in ("official", "secret")} for found in map(read, secret_files)]
        shares = [{key: found[key] for key in ("official", "holder", "share")} for found in map(read, share_files)]
    except KeyError as error:
        raise OperatorError(f"a file lacks {error}") from error
    return {"secrets": given, "shares": shares}


def write_opening(target: Path, secret_files: Sequence[Path], share_files: Sequence[Path]) -> None:
    """Keep that body in a file, for whoever sends it. Raises OperatorError."""
    _write(target, opening(secret_files, share_files))


def read(path: Path) -> dict[str, Any]:
    """A file of the ceremony. Raises OperatorError when it is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OperatorError(f"{path} cannot be read: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise OperatorError(f"{path} is no file of the ceremony")
    return found


def _clean(name: str) -> str:
    """A name as the office keeps it, so that what is signed about it is the same text there."""
    try:
        return plain_text.clean(name, officials.NAME)
    except Refused as error:
        raise OperatorError(f"a name has 1 to {officials.NAME} readable characters") from error


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "x"
