"""Checks a draw (rule gelombang-draw-2 or 3) from wave.json, list.csv, results.csv: python verify_draw.py FOLDER [LINE]

LINE is the announcement's SHA-256 as you noted it before the draw. Standard library only, written apart from ours.
Not checked here: the signature of a drand round, which needs pairings; compare it with api.drand.sh."""

import hmac
import json
import sys
from datetime import datetime
from hashlib import sha256
from pathlib import Path

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF  # the curve P-256, FIPS 186-4
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
QUICKNET, BORN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", 1692803367


def tree(lines):  # RFC 6962, section 2.1, as it is written there: split at the largest power of two below the length
    if len(lines) < 2:
        return sha256(b"\0" + lines[0].encode() if lines else b"").digest()
    half = 1 << (len(lines) - 1).bit_length() - 1
    return sha256(b"\1" + tree(lines[:half]) + tree(lines[half:])).digest()


def plus(a, b):  # two points in affine coordinates; None is infinity
    if not a or not b or (a[0] == b[0] and (a[1] + b[1]) % P == 0):
        return None if a and b else a or b
    top, bottom = (3 * a[0] ** 2 - 3, 2 * a[1]) if a == b else (b[1] - a[1], b[0] - a[0])
    m = top * pow(bottom, -1, P) % P
    x = (m * m - a[0] - b[0]) % P
    return x, (m * (a[0] - x) - a[1]) % P


def times(k, point):
    return plus(times(k >> 1, plus(point, point)), point if k & 1 else None) if k else None


def point(text):
    x = int(text[2:], 16)
    y = pow(x**3 - 3 * x + B, (P + 1) // 4, P)
    return x, y if y % 2 == int(text[:2]) - 2 else P - y


def signed(about, official, holder, key, signature):  # ECDSA with SHA-256, FIPS 186-4, section 6.4
    text = f"{about}\nofficial {official['name']}\npoints {' '.join(official['points'])}\nholder {holder}"
    r, s, z = int(signature[:64], 16), int(signature[64:], 16), int(sha256(text.encode()).hexdigest(), 16)
    w = pow(s, -1, N) if 0 < r < N and 0 < s < N else 0
    return (plus(times(z * w % N, point(G)), times(r * w % N, key)) or [0])[0] % N == r > 0


def results(people, strata, quota, seed):  # id,stratum,rank,people,seats,selected in the order of the tickets
    order = sorted(people, key=lambda one: (hmac.new(seed, one.encode(), "sha256").digest(), one))
    found, won = {}, set()
    for code, own in [*strata, ("UMUM", quota)]:
        pool, seats = [id for id in order if id not in won and code in ("UMUM", people[id])], min(own, quota - len(won))
        for rank, one in enumerate(pool, 1):
            if rank <= seats or code != "UMUM" or one not in found:
                found[one] = (code, rank, len(pool), seats, int(rank <= seats))
        won |= set(pool[:seats])
    return [",".join(map(str, (one, *found[one]))) for one in order]


def check(wave, lines, told, noted):
    officials, drand, names = wave["officials"], wave["beacon"], [each["name"] for each in wave["officials"]]
    strata = [(each["code"], each["quota"]) for each in wave["strata"] if each["code"] != "UMUM"]
    people, n, t = dict(line.split(",", 1) for line in lines), len(names), wave["threshold"]
    keys = {each["name"]: point(each["points"][0]) for each in officials}
    words = [(d, d["acknowledged_by"][at], s) for d in officials for at, s in enumerate(d.get("signatures", []))]
    says = [wave["rule"], *(f"{key} {wave[key]}" for key in ("wave", "root", "entries", "quota"))]
    says += [*(f"stratum {code} {seats}" for code, seats in strata), f"threshold {t}"]
    says += ["official " + " ".join([*each["points"], each["name"]]) for each in officials]
    says += [f"acknowledged {names.index(d['name']) + 1} {names.index(h) + 1} {s}" for d, h, s in words]
    says += [f"beacon {QUICKNET} {drand['round']}"] if drand else []
    yield "beacon", not drand or drand["round"] - 1 > (datetime.fromisoformat(wave["frozen_at"]).timestamp() - BORN) / 3
    randomness = sha256(bytes.fromhex(drand["signature"])).digest() if drand else b""
    about = f"gelombang-draw-3 acknowledgement\nwave {wave['wave']}\namong " + "\namong ".join(names)
    pairs = {(d["name"], h) for d, h, s in words if d["name"] != h and signed(about, d, h, keys[h], s)}
    yield "rule", wave["rule"] == ("gelombang-draw-3" if words else "gelombang-draw-2")
    yield "list", [*people] == sorted(people) and len(lines) == len(people) == sum(s["members"] for s in wave["strata"])
    yield "root", tree(lines).hex() == wave["root"] and len(lines) == wave["entries"]
    yield "strata", all([*people.values()].count(each["code"]) == each["members"] for each in wave["strata"])
    yield "officials", n >= 3 and n == len(keys) == len({*keys.values()}) and n / 2 < t < n
    yield "shares", all(len(d["points"]) == t and {*d["acknowledged_by"], d["name"]} >= {*names} for d in officials)
    yield "signatures", not words or len(pairs) == n * (n - 1)
    yield "secrets", [0 < int(s, 16) < N and times(int(s, 16), point(G)) for s in wave["secrets"]] == [*keys.values()]
    yield "announcement", sha256("\n".join(says).encode()).hexdigest() == wave["commitment"]
    yield "noted", noted in (None, wave["commitment"])
    yield "seed", sha256(b"".join(map(bytes.fromhex, wave["secrets"])) + randomness).hexdigest() == wave["seed"]
    yield "results", results(people, strata, wave["quota"], bytes.fromhex(wave["seed"])) == told


if __name__ == "__main__":
    folder, noted = Path(sys.argv[1]), (sys.argv[2:] or [None])[0]
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("wave.json", "list.csv", "results.csv")]
    verdicts = dict(check(json.loads(texts[0]), texts[1].splitlines(), texts[2].splitlines()[1:], noted))
    print("\n".join(f"{'ok   ' if holds else 'WRONG'} {name}" for name, holds in verdicts.items()))
    sys.exit(0 if all(verdicts.values()) else 1)
