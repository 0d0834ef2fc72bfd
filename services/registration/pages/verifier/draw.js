// The draw of a wave, recomputed from wave.json, list.csv and results.csv with nothing but this file.
// Rule gelombang-draw-3, and 2 of earlier waves, written at the top of services/registration/domain/draw.py. No page and no network in here.
"use strict";
const Draw = (() => {
  const RULE = "gelombang-draw-3", UNSIGNED = "gelombang-draw-2", GENERAL = "UMUM";
  const utf8 = new TextEncoder();

  // ---- SHA-256 (FIPS 180-4). Our own: WebCrypto is missing on plain http, and one call per line is slow there.
  const INITIAL = new Int32Array(8), K = new Int32Array(64), W = new Int32Array(64);
  for (let prime = 2, found = 0; found < 64; prime++) {
    let divisor = 2;
    while (divisor * divisor <= prime && prime % divisor) divisor++;
    if (divisor * divisor <= prime) continue;
    const fraction = (root) => ((root % 1) * 2 ** 32) | 0;
    if (found < 8) INITIAL[found] = fraction(Math.sqrt(prime));
    K[found++] = fraction(Math.cbrt(prime));
  }
  function compress(state, bytes, at) {
    const turn = (x, n) => (x >>> n) | (x << (32 - n));
    for (let i = 0; i < 16; i++, at += 4) {
      W[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      W[i] = (W[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + W[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }
  /** Digest of bytes (32 bytes). `start` is the state after `before` bytes that were compressed already. */
  function sha256(bytes, start = INITIAL, before = 0) {
    const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6), state = new Int32Array(start);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    let bits = (bytes.length + before) * 8;
    for (let at = padded.length - 1; bits; at--, bits = Math.floor(bits / 256)) padded[at] = bits % 256;
    for (let at = 0; at < padded.length; at += 64) compress(state, padded, at);
    const digest = new Uint8Array(32);
    for (let i = 0; i < 32; i++) digest[i] = state[i >> 2] >>> (24 - 8 * (i & 3));
    return digest;
  }
  function ticketMaker(key) {
    const states = [0x36, 0x5c].map((mask) => {
      const block = new Uint8Array(64).fill(mask), state = Int32Array.from(INITIAL);
      key.forEach((byte, i) => { block[i] ^= byte; });
      compress(state, block, 0);
      return state;
    });
    return (text) => hex(sha256(sha256(utf8.encode(text), states[0], 64), states[1], 64));
  }
  const DIGITS = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));
  function hex(bytes) {
    let text = "";
    for (const byte of bytes) text += DIGITS[byte];
    return text;
  }
  function bytesOf(text) {
    if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error("bukan angka heksadesimal");
    return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  }
  const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

  // ---- P-256: the public point of a secret number
  const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const G = [0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n, 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n];
  const mod = (x, m = P) => ((x % m) + m) % m;
  function inverse(x, m = P) {
    let [a, b, u, v] = [mod(x, m), m, 1n, 0n];
    while (a > 1n) { const q = b / a; [a, b, u, v] = [b % a, a, v - q * u, u]; }
    return mod(u, m);
  }
  function add(one, two) {
    if (!one || !two) return one || two;
    if (one[0] === two[0] && mod(one[1] + two[1]) === 0n) return null;
    const slope = one[0] === two[0]
      ? mod((3n * one[0] * one[0] - 3n) * inverse(2n * one[1]))
      : mod((two[1] - one[1]) * inverse(two[0] - one[0]));
    const x = mod(slope * slope - one[0] - two[0]);
    return [x, mod(slope * (one[0] - x) - one[1])];
  }
  function times(number, point) {
    let total = null;
    for (; number; number >>= 1n, point = add(point, point)) if (number & 1n) total = add(total, point);
    return total;
  }
  function commitmentOf(secret) {
    const number = /^[0-9a-f]{64}$/.test(secret) ? BigInt("0x" + secret) : 0n;
    if (number <= 0n || number >= ORDER) return "";
    const total = times(number, G);
    return (total[1] & 1n ? "03" : "02") + total[0].toString(16).padStart(64, "0");
  }
  /** The point of 66 digits, or null. Whether it is on the curve, its secret shows, from which it must come. */
  function pointOf(text) {
    if (!/^0[23][0-9a-f]{64}$/.test(text)) return null;
    const x = BigInt("0x" + text.slice(2));
    let y = 1n, base = mod(x * x * x - 3n * x + 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn);
    for (let left = (P + 1n) / 4n; left; left >>= 1n, base = mod(base * base)) if (left & 1n) y = mod(y * base);
    return [x, y % 2n === BigInt(text[1]) % 2n ? y : P - y];
  }
  /** ECDSA with SHA-256, FIPS 186-4: who knows the secret behind `commitment` signed this text. */
  function signed(text, commitment, signature) {
    const key = pointOf(commitment), [r, s] = /^[0-9a-f]{128}$/.test(signature)
      ? [BigInt("0x" + signature.slice(0, 64)), BigInt("0x" + signature.slice(64))] : [0n, 0n];
    if (!key || !r || !s || r >= ORDER || s >= ORDER) return false;
    const w = inverse(s, ORDER), z = BigInt("0x" + hex(sha256(utf8.encode(text))));
    const found = add(times(mod(z * w, ORDER), G), times(mod(r * w, ORDER), key));
    return found !== null && found[0] % ORDER === r;
  }

  // ---- the rule, in steps: each `yield` is a moment at which the page may breathe
  function* rootOf(lines, tell) {
    let level = [];
    const pair = new Uint8Array(65).fill(1);
    const above = (left, right) => { pair.set(left, 1); pair.set(right, 33); return sha256(pair); };
    for (const line of lines) {
      level.push(sha256(utf8.encode(`\0${line}`)));
      if (level.length % 200 === 0) yield tell("akar", level.length / lines.length / 2);
    }
    if (!level.length) return hex(sha256(new Uint8Array(0)));
    for (const all = level.length; level.length > 1;) {
      const next = [];
      for (let i = 0; i < level.length; i += 2) {
        next.push(i + 1 < level.length ? above(level[i], level[i + 1]) : level[i]);
        if (i % 200 === 0) yield tell("akar", 1 - level.length / all / 2);
      }
      level = next;
    }
    return hex(level[0]);
  }
  function* ordered(lines, seed, tell) {
    const ticket = ticketMaker(bytesOf(seed)), buckets = Array.from({ length: 256 }, () => []);
    let done = 0;
    for (const line of lines) {
      const comma = line.indexOf(","), id = line.slice(0, comma), number = ticket(id);
      buckets[parseInt(number.slice(0, 2), 16)].push({ id, stratum: line.slice(comma + 1), key: number + id });
      if (++done % 200 === 0) yield tell("undian", done / lines.length);
    }
    const people = [];
    for (const bucket of buckets) {
      bucket.sort((a, b) => (a.key < b.key ? -1 : 1));
      for (const each of bucket) people.push(each);
      yield tell("urutan", people.length / lines.length);
    }
    return people;
  }
  function* drawn(people, strata, quota, tell) {
    const winners = new Set(), rows = new Map();
    let done = 0;
    for (const { code, quota: own } of [...strata, { code: GENERAL, quota }]) {
      const general = code === GENERAL, seats = Math.min(own, quota - winners.size);
      const pool = people.filter((each) => !winners.has(each.id) && (general || each.stratum === code));
      for (let i = 0; i < pool.length; i++) {
        const { id } = pool[i], selected = i < seats;
        if (selected) winners.add(id);
        if (!general || selected || !rows.has(id)) rows.set(id, `${id},${code},${i + 1},${pool.length},${seats},${+selected}`);
        if (++done % 2000 === 0) yield tell("urutan", Math.min(1, done / people.length / 2));
      }
    }
    return people.map((each) => rows.get(each.id));
  }
  /** [official, name of a holder of a share of theirs, what that holder signed] */
  const words = (wave) => wave.officials.flatMap((each) => (each.signatures || []).map((signature, i) => [each, each.acknowledged_by[i], signature]));
  function* signedByAll(wave, tell) {
    const keys = new Map(wave.officials.map((each) => [each.name, each.points[0]])), pairs = new Set();
    const about = ["gelombang-draw-3 acknowledgement", `wave ${wave.wave}`, ...[...keys.keys()].map((name) => `among ${name}`)];
    for (const [each, holder, signature] of words(wave)) {
      const text = [...about, `official ${each.name}`, `points ${each.points.join(" ")}`, `holder ${holder}`].join("\n");
      if (holder !== each.name && keys.has(holder) && signed(text, keys.get(holder), signature)) pairs.add(`${each.name}\n${holder}`);
      yield tell("pejabat", pairs.size / keys.size / (keys.size - 1));
    }
    return wave.rule === UNSIGNED ? !words(wave).length : pairs.size === keys.size * (keys.size - 1);
  }
  function announcement(wave, strata) {
    const lines = [wave.rule, `wave ${wave.wave}`, `root ${wave.root}`, `entries ${wave.entries}`, `quota ${wave.quota}`];
    for (const each of strata) lines.push(`stratum ${each.code} ${each.quota}`);
    lines.push(`threshold ${wave.threshold}`);
    for (const each of wave.officials) lines.push(`official ${each.points.join(" ")} ${each.name}`);
    const number = (name) => wave.officials.findIndex((each) => each.name === name) + 1;
    for (const [each, holder, signature] of words(wave)) lines.push(`acknowledged ${number(each.name)} ${number(holder)} ${signature}`);
    if (wave.beacon) lines.push(`beacon ${wave.beacon.chain} ${wave.beacon.round}`);
    return hex(sha256(utf8.encode(lines.join("\n"))));
  }
  function trustworthy(wave) {
    const names = wave.officials.map((each) => each.name), n = names.length;
    return n >= 3 && new Set(names).size === n && wave.threshold < n && wave.threshold * 2 > n
      && new Set(wave.officials.map((each) => each.points[0])).size === n
      && wave.officials.every((each) => each.points.length === wave.threshold
        && names.every((name) => name === each.name || each.acknowledged_by.includes(name)));
  }
  /** drand's quicknet: its first round and the seconds between rounds are ours to know, not the file's to tell. */
  const QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", GENESIS = 1692803367, PERIOD = 3;
  function laterThanList({ beacon, frozen_at }) {
    return !beacon || (beacon.chain === QUICKNET && (GENESIS + (beacon.round - 1) * PERIOD) * 1000 > Date.parse(frozen_at));
  }
  function seedOf(wave) {
    const drand = wave.beacon ? sha256(bytesOf(wave.beacon.signature)) : [];
    return hex(sha256(join(...wave.secrets.map(bytesOf), drand)));
  }
  const linesOf = (text) => text.split(/\r?\n/).filter((line, i, all) => line || i < all.length - 1);

  /** Steps of the whole check; returns { checks: {name: true|false}, people, selected, rows, differences }. */
  function* check(texts, tell) {
    const wave = JSON.parse(texts.wave), lines = linesOf(texts.list), told = linesOf(texts.results).slice(1);
    if (!wave.seed) throw new Error("gelombang ini belum diundi");
    const strata = wave.strata.filter((each) => each.code !== GENERAL), ids = lines.map((line) => line.split(",", 1)[0]);
    const root = yield* rootOf(lines, tell);
    const rows = yield* drawn(yield* ordered(lines, wave.seed, tell), strata, wave.quota, tell);
    const members = {};
    for (const line of lines) { const code = line.slice(line.indexOf(",") + 1); members[code] = (members[code] || 0) + 1; }
    yield tell("urutan", 1);
    const differences = rows.filter((row, i) => row !== told[i]).map((row) => row.split(",", 1)[0]);
    const commitments = [];
    for (const secret of wave.secrets) { commitments.push(commitmentOf(secret)); yield tell("pejabat", 1); }
    const signatures = yield* signedByAll(wave, tell);
    const checks = {
      rule: [RULE, UNSIGNED].includes(wave.rule),
      sorted: ids.every((id, i) => i === 0 || ids[i - 1] < id),
      entries: wave.entries === lines.length,
      root: wave.root === root,
      strata: wave.strata.reduce((sum, each) => sum + each.members, 0) === lines.length
        && wave.strata.every((each) => each.members === (members[each.code] || 0)),
      officials: trustworthy(wave),
      signatures,
      commitments: commitments.join() === wave.officials.map((each) => each.points[0]).join() && commitments.join() === wave.commitments.join(),
      commitment: announcement(wave, strata) === wave.commitment,
      seed: seedOf(wave) === wave.seed,
      beacon: laterThanList(wave),
      results: rows.length === told.length,
      ranks: !differences.length,
      seats: told.filter((row) => row.endsWith(",1")).length <= wave.quota,
    };
    return { wave, checks, people: lines.length, selected: rows.filter((row) => row.endsWith(",1")).length, rows, differences };
  }
  return { check, sha256, hex, utf8 };
})();
if (typeof module !== "undefined") module.exports = Draw;
