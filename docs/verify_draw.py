"""Checks a draw (rule gelombang-draw-2) from wave.json, list.csv, results.csv: python verify_draw.py FOLDER [LINE]

LINE is the announcement's SHA-256 as you noted it before the draw. Standard library only, written apart from the
project. Not checked here: the signature of a drand round, which needs pairings; compare it with api.drand.sh.
"""

import hashlib
import hmac
import json
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
GX = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
GY = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5
DRAND = {"52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": (1692803367, 3)}  # genesis, period


def sha(data):
    return hashlib.sha256(data).digest()


def tree(lines):
    """RFC 6962, section 2.1, as it is written there: split at the largest power of two below the length."""
    if len(lines) < 2:
        return sha(b"\0" + lines[0].encode()) if lines else sha(b"")
    half = 1 << (len(lines) - 1).bit_length() - 1
    return sha(b"\1" + tree(lines[:half]) + tree(lines[half:]))


def plus(a, b):
    """Sum of two points of P-256 in affine coordinates; None is infinity."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    top, bottom = (3 * a[0] ** 2 - 3, 2 * a[1]) if a == b else (b[1] - a[1], b[0] - a[0])
    m = top * pow(bottom, -1, P) % P
    x = (m * m - a[0] - b[0]) % P
    return x, (m * (a[0] - x) - a[1]) % P


def public_key(secret, point=(GX, GY)):
    k, total = int(secret, 16), None
    while k:
        total, point, k = plus(total, point) if k & 1 else total, plus(point, point), k >> 1
    return f"{2 + total[1] % 2:02x}{total[0]:064x}"


def results(people, strata, quota, seed):
    """{id: (stratum, rank, people, seats, selected)} in the order of the tickets."""
    order = sorted(people, key=lambda one: (hmac.new(seed, one.encode(), "sha256").digest(), one))
    found, won = {}, set()
    for code, seats in [*strata, ("UMUM", quota)]:
        pool = [one for one in order if one not in won and code in ("UMUM", people[one])]
        seats = min(seats, quota - len(won))
        for rank, one in enumerate(pool, 1):
            if rank <= seats or code != "UMUM" or one not in found:
                found[one] = (code, rank, len(pool), seats, int(rank <= seats))
        won |= set(pool[:seats])
    return [",".join(map(str, (one, *found[one]))) for one in order]


def check(wave, lines, told, noted):
    officials, beacon, names = wave["officials"], wave["beacon"], [each["name"] for each in wave["officials"]]
    strata = [(each["code"], each["quota"]) for each in wave["strata"] if each["code"] != "UMUM"]
    people, n, t = dict(line.split(",", 1) for line in lines), len(names), wave["threshold"]
    says = [wave["rule"], *(f"{key} {wave[key]}" for key in ("wave", "root", "entries", "quota"))]
    says += [*(f"stratum {code} {seats}" for code, seats in strata), f"threshold {t}"]
    says += ["official " + " ".join([*each["points"], each["name"]]) for each in officials]
    says += [f"beacon {beacon['chain']} {beacon['round']}"] if beacon else []
    keys, randomness = [each["points"][0] for each in officials], b""
    if beacon:
        genesis, period = DRAND[beacon["chain"]]
        yield "beacon", genesis + (beacon["round"] - 1) * period > datetime.fromisoformat(wave["frozen_at"]).timestamp()
        randomness = sha(bytes.fromhex(beacon["signature"]))
    yield "rule", wave["rule"] == "gelombang-draw-2"
    yield "list", list(people) == sorted(people) and len(people) == len(lines) == wave["entries"]
    yield "root", tree(lines).hex() == wave["root"]
    yield "strata", {s["code"]: s["members"] for s in wave["strata"] if s["members"]} == Counter(people.values())
    yield "officials", n >= 3 and n == len(set(names)) == len(set(keys))
    yield "threshold", n / 2 < t < n and all(len(each["points"]) == t for each in officials)
    yield "acknowledged", all({*each["acknowledged_by"], each["name"]} >= {*names} for each in officials)
    yield "secrets", all(0 < int(s, 16) < N for s in wave["secrets"]) and [*map(public_key, wave["secrets"])] == keys
    yield "announcement", sha("\n".join(says).encode()).hex() == wave["commitment"]
    yield "noted", noted in (None, wave["commitment"])
    yield "seed", sha(b"".join(map(bytes.fromhex, wave["secrets"])) + randomness).hex() == wave["seed"]
    yield "results", results(people, strata, wave["quota"], bytes.fromhex(wave["seed"])) == told


if __name__ == "__main__":
    folder, noted = Path(sys.argv[1]), (sys.argv[2:] or [None])[0]
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("wave.json", "list.csv", "results.csv")]
    verdicts = dict(check(json.loads(texts[0]), texts[1].splitlines(), texts[2].splitlines()[1:], noted))
    print("\n".join(f"{'ok   ' if holds else 'WRONG'} {name}" for name, holds in verdicts.items()))
    sys.exit(0 if all(verdicts.values()) else 1)
