"""`gelombang draw`: what officials and anybody else do with a draw, on a machine that needs no installation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import httpx
from cyclopts import App, Parameter

from deploy.operator import draw_check, draw_secret
from deploy.operator.installation import OperatorError
from deploy.operator.terminal import failed, tell

Json = Annotated[bool, Parameter(name="--json", negative="", help="One JSON document instead of lines.")]

draw = App(name="draw", help="The draw of a wave: secrets of officials, and checking what was published.")
share = App(name="share", help="Shares of an official's secret.")
draw.command(share)


def _told(as_json: bool, work: Callable[[], Any]) -> int:
    """Do one thing without an installation; what says that it does not hold ends with 1."""
    try:
        found = work()
    except OperatorError as error:
        return failed(str(error))
    tell(found, as_json)
    return 0 if found.get("holds", True) else 1


@draw.command
def verify(source: Path, *, noted: str | None = None, json: Json = False) -> int:
    """Recompute a draw from the files in a folder. `--noted`: the commitment as you kept it from before the draw."""
    return _told(json, lambda: draw_check.verify(source, noted))


@draw.command
def publish(target: Path, *, wave: int, address: str = "http://127.0.0.1:8080", json: Json = False) -> int:
    """Fetch a wave's public files and put verify.html beside them: a folder for any web server or USB stick."""

    def work() -> Any:
        with httpx.Client(base_url=address, timeout=60) as client:
            return {"files": draw_check.publish(target, wave, client)}

    return _told(json, work)


@draw.command
def secret(target: Path, *, wave: int, name: str, official: list[str], threshold: int = 3, json: Json = False) -> int:
    """Make an official's secret, commitment and shares in a new folder. Name every `--official` in their order."""
    return _told(json, lambda: draw_secret.make(target, wave, name, official, threshold))


@share.command(name="check")
def check_share(held: Path, commitment: Path, *, json: Json = False) -> int:
    """Does the share that you hold fit the commitment of its official?"""
    return _told(json, lambda: draw_secret.check(held, commitment))


@share.command(name="sign")
def sign_share(target: Path, held: Path, commitment: Path, own: Path, *, json: Json = False) -> int:
    """Sign with your own secret file that the share you hold fits; `target` is the new file for the office."""
    return _told(json, lambda: draw_secret.sign(target, held, commitment, own))


@draw.command
def opening(target: Path, secrets: list[Path], *, share: list[Path] | None = None, json: Json = False) -> int:
    """Put the officials' secret files, and shares of a missing one, into the one file that the draw takes."""

    def work() -> Any:
        draw_secret.write_opening(target, secrets, share or [])
        return {"file": str(target)}

    return _told(json, work)
