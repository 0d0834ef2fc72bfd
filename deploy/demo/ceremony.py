"""The five officials of the demo: each makes a secret on a machine of their own, and one withholds it at the draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deploy.demo.office import Office
from deploy.operator import draw_secret

OFFICIALS = (
    "Kepala Dinas Ketenagakerjaan",
    "Inspektur Kota",
    "Sekretaris Dinas Kominfo",
    "Ketua Forum Pekerja",
    "Ketua Forum Pelatihan",
)
WITHHOLDS = OFFICIALS[3]
"""Whose secret is not given; three others open it with their shares."""
THRESHOLD = 3


async def prepare(office: Office, wave: int, folder: Path) -> None:
    """Everybody makes the files, the office takes the commitments, every holder checks and signs for the own shares."""
    path = f"/registration/waves/{wave}"
    named = {"officials": list(OFFICIALS), "threshold": THRESHOLD}
    await office.ask("POST", f"{path}/officials", "sekretariat", json=named)
    for number, name in enumerate(OFFICIALS):
        draw_secret.make(folder / str(number), wave, name, OFFICIALS, THRESHOLD)
        promised = draw_secret.read(folder / str(number) / draw_secret.PUBLIC)
        handed_in = {"official": name, "points": promised["points"]}
        await office.ask("POST", f"{path}/commitments", "sekretariat", json=handed_in)
    words = [_signed(share, folder) for number in range(len(OFFICIALS)) for share in _shares(folder / str(number))]
    await office.ask("POST", f"{path}/acknowledgements", "sekretariat", json={"acknowledgements": words})


def _shares(folder: Path) -> list[Path]:
    return sorted(folder.glob("share-*.json"))


def _signed(share: Path, folder: Path) -> dict[str, Any]:
    """What the holder of a share signs with the own secret, which is refused when the share does not fit."""
    held = draw_secret.read(share)
    own = folder / str(OFFICIALS.index(held["holder"]))
    target = own / f"signed-{OFFICIALS.index(held['official'])}.json"
    draw_secret.sign(target, share, share.parent / draw_secret.PUBLIC, own / draw_secret.OWN)
    word = draw_secret.read(target)
    return {key: word[key] for key in ("official", "points", "holder", "signature")}


def opening(folder: Path) -> dict[str, Any]:
    """What the officials bring to the draw: four secrets, and three shares of the one that is withheld."""
    missing = OFFICIALS.index(WITHHOLDS)
    own = [folder / str(n) / draw_secret.OWN for n in range(len(OFFICIALS)) if n != missing]
    return draw_secret.opening(own, _shares(folder / str(missing))[:THRESHOLD])
