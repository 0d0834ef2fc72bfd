"""Every way in which somebody may tamper with what was published of a draw (draw_published.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.registration.domain import draw, sharing
from services.registration.domain.draw import GENERAL
from tests.component.operator.draw_published import LINES, OTHER, ROUND, SIGNATURE, Published, honest

__all__ = ["CAREFUL", "LINES", "OTHER", "ROUND", "SIGNATURE", "TAMPERED", "Published", "honest"]


def _added(found: Published) -> None:
    found.lines.insert(25, f"0024a,{GENERAL}")
    found.remake()


def _removed(found: Published) -> None:
    del found.lines[7]
    found.remake()


def _doubled(found: Published) -> None:
    found.lines.insert(7, found.lines[7])
    found.wave["entries"] += 1


def _stratum_swapped(found: Published) -> None:
    found.lines[7] = "0007,LAID_OFF_LIST"
    found.remake()


def _seed_chosen(found: Published) -> None:
    found.wave["seed"] = "5e" * 32
    found.remake()


def _secret_exchanged(found: Published) -> None:
    found.wave["secrets"][0] = "04" * 32
    found.remake(seed=True)


def _commitment_exchanged(found: Published) -> None:
    """The official chose another secret after seeing the list, and published its point as if it had always been."""
    found.wave["secrets"][0] = "04" * 32
    point = sharing.commitment("04" * 32)
    found.wave["officials"][0]["points"][0] = found.wave["commitments"][0] = point
    found.remake(seed=True)


def _secret_left_out(found: Published) -> None:
    found.wave["secrets"].pop()
    found.remake(seed=True)


def _quota_raised(found: Published) -> None:
    found.wave["quota"] += 1
    found.remake()


def _seats_moved(found: Published) -> None:
    found.wave["strata"][0]["quota"] += 1
    found.remake()


def _result_changed(found: Published) -> None:
    found.results[-1] = f"{found.results[-1][:-1]}1"


def _results_exchanged(found: Published) -> None:
    found.results[0], found.results[1] = found.results[1], found.results[0]


def _result_missing(found: Published) -> None:
    found.results.pop()


def _shares_never_checked(found: Published) -> None:
    found.wave["officials"][1]["acknowledged_by"].pop()
    found.wave["officials"][1]["signatures"].pop()
    found.remake(announcement=True)


def _word_of_another_holder(found: Published) -> None:
    """Somebody else signed in a holder's name: the signature is true, and of the wrong key."""
    found.wave["officials"][0]["signatures"][0] = found.sign(0, 2, holder=found.wave["officials"][1]["name"])
    found.remake(announcement=True)


def _word_about_another_official(found: Published) -> None:
    found.wave["officials"][0]["signatures"][0] = found.sign(2, 1)
    found.remake(announcement=True)


def _word_about_other_points(found: Published) -> None:
    points = found.wave["officials"][2]["points"]
    found.wave["officials"][0]["signatures"][0] = found.sign(0, 1, points=points)
    found.remake(announcement=True)


def _word_of_another_wave(found: Published) -> None:
    found.wave["officials"][0]["signatures"][0] = found.sign(0, 1, wave=2)
    found.remake(announcement=True)


def _word_among_other_officials(found: Published) -> None:
    """The same people in another order would hold other shares."""
    names = [each["name"] for each in found.wave["officials"]]
    found.wave["officials"][0]["signatures"][0] = found.sign(0, 1, names=names[::-1])
    found.remake(announcement=True)


def _word_repeated(found: Published) -> None:
    """One holder's true word stands twice, and another's not at all; the names are all there."""
    official = found.wave["officials"][0]
    official["acknowledged_by"] = [official["acknowledged_by"][0], *official["acknowledged_by"]]
    official["signatures"] = [official["signatures"][0], *official["signatures"][:3]]
    found.remake(announcement=True)


def _word_copied(found: Published) -> None:
    """One holder's true word stands under the name of another holder, too."""
    word = found.wave["officials"][0]["signatures"]
    word[1] = word[0]
    found.remake(announcement=True)


def _word_of_no_form(found: Published) -> None:
    found.wave["officials"][0]["signatures"][0] = "0" * 128
    found.remake(announcement=True)


def _signed_after_the_draw(found: Published) -> None:
    """The keys are public after the draw: any words can be made then, but not the announced ones."""
    word = found.wave["officials"][0]["signatures"]
    r, s = word[0][:64], int(word[0][64:], 16)
    word[0] = f"{r}{sharing.ORDER - s:064x}"  # a signature of the same text, too


def _words_left_out(found: Published) -> None:
    """Published as if it were a wave of before holders signed."""
    found.wave["rule"] = draw.UNSIGNED
    for each in found.wave["officials"]:
        each["signatures"] = []


def _first_draw_repeated(found: Published) -> None:
    """A second draw with other secrets of the same officials, everything about them made anew."""
    for number, official in enumerate(found.wave["officials"]):
        secret = sharing.digits_of(number + 77)
        found.wave["secrets"][number] = secret
        official["points"][0] = found.wave["commitments"][number] = sharing.commitment(secret)
    found.remake(seed=True)


TAMPERED: Mapping[str, Callable[[Published], None]] = {
    name.removeprefix("_"): act
    for name, act in list(globals().items())
    if name.startswith("_") and getattr(act, "__module__", "") == __name__
}
"""Attack -> what it does to the published files."""


def _remade(act: Callable[[Published], None]) -> Callable[[Published], None]:
    def careful(found: Published) -> None:
        act(found)
        found.lines.sort()
        found.sign_all()
        found.remake(seed=True, root=True, announcement=True)

    return careful


CAREFUL: Mapping[str, Callable[[Published], None]] = {
    name: _remade(TAMPERED[name])
    for name in ("added", "removed", "stratum_swapped", "commitment_exchanged", "quota_raised", "first_draw_repeated")
}
"""Forgers who also publish a new root and announcement: only a line that was noted before the draw betrays them."""
