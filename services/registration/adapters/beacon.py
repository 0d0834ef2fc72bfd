"""The drand beacon: is a signature the one of its round, and what does a relay say the signature is?"""

from __future__ import annotations

import re
from importlib.util import find_spec

import httpx

from services.registration.domain.beacon import CHAINS, QUICKNET

SIGNATURE = re.compile(r"[0-9a-f]{96}")
SECONDS = 10
CAN_CHECK = find_spec("drand_verify") is not None
"""Its wheels are for CPython 3.11; elsewhere no wave may name a beacon that nobody here could check."""


class BeaconSilent(Exception):
    """The relay has no such round, does not answer, or answers something else."""


def genuine(chain: str, round: int, signature: str) -> bool:
    """Whether a signature (96 digits) is the chain's own for this round: e(signature, G2) = e(H(round), public key).

    The message is SHA-256 of the round as 8 bytes, big endian; hashed to G1 as RFC 9380 says, with the DST of G1.
    """
    import drand_verify

    # drand_verify panics instead of raising when it is handed what is not hexadecimal.
    if chain != QUICKNET.hash or not 0 < round < 2**63 or not SIGNATURE.fullmatch(signature):
        return False
    try:
        drand_verify.verify_quicknet(round, signature)
    except ValueError:
        return False
    return True


class Relay:
    """Asks a drand relay. What it says is believed only after `genuine`."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url, self._transport = url.rstrip("/"), transport

    async def signature(self, chain: str, round: int) -> str:
        """The signature of a round. Raises BeaconSilent."""
        path = f"{self._url}/v2/beacons/{CHAINS[chain].name}/rounds/{round}"
        try:
            async with httpx.AsyncClient(timeout=SECONDS, transport=self._transport) as client:
                answer = await client.get(path)
                answer.raise_for_status()
                found = str(answer.json()["signature"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise BeaconSilent(type(error).__name__) from error
        if not SIGNATURE.fullmatch(found):
            raise BeaconSilent("no signature")
        return found
