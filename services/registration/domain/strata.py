"""Groups with seats of their own in a wave, and who belongs to which. One person belongs to the first that fits.

Source: paper facts 7 and 61, `eligibility.priority` of the rule file; switched per wave by being named or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.registration.domain.draw import GENERAL, Stratum
from services.registration.domain.rules import RuleSet

LAID_OFF_LIST, COVID_AFFECTED = "LAID_OFF_LIST", "COVID_AFFECTED"
KECAMATAN, GROUP = "KECAMATAN_", "GROUP_"


def is_stratum(code: str) -> bool:
    """LAID_OFF_LIST, COVID_AFFECTED, KECAMATAN_<code> or GROUP_<category>."""
    return code in (LAID_OFF_LIST, COVID_AFFECTED) or code.startswith((KECAMATAN, GROUP))


def strata_of_rules(rules: RuleSet, quota: int) -> tuple[Stratum, ...]:
    """The priorities of the rule file: its share for the laid-off list, then people hit by Covid-19 come first."""
    laid_off = quota * rules.laid_off_share_percent // 100
    strata = [Stratum(LAID_OFF_LIST, laid_off)] if laid_off else []
    if rules.covid_first and quota > laid_off:
        strata.append(Stratum(COVID_AFFECTED, quota - laid_off))
    return tuple(strata)


def stratum_of(
    strata: Sequence[str],
    *,
    laid_off_listed: bool,
    covid_affected: bool,
    kecamatan: str | None,
    group: str | None,
) -> str:
    """Code of the first of the wave's strata that a person belongs to, else UMUM.

    `covid_affected` is True only for people whose work status is one in which the rules put them first.
    """
    belongs = {
        LAID_OFF_LIST: laid_off_listed,
        COVID_AFFECTED: covid_affected,
        f"{KECAMATAN}{kecamatan}": kecamatan is not None,
        f"{GROUP}{group}": group is not None,
    }
    return next((code for code in strata if belongs.get(code)), GENERAL)


def stratum_name(code: str, places: Mapping[str, str]) -> str:
    """How a message calls the group: `umum`, `pekerja ter-PHK`, `Kecamatan Medan Barat`."""
    if code.startswith(KECAMATAN):
        area = code.removeprefix(KECAMATAN)
        return f"Kecamatan {places.get(area, area)}"
    names = {
        GENERAL: "umum",
        LAID_OFF_LIST: "daftar pekerja ter-PHK",
        COVID_AFFECTED: "pekerja terdampak Covid-19",
        f"{GROUP}FORMER_MIGRANT_WORKER": "mantan Pekerja Migran Indonesia",
    }
    return names.get(code, code)
