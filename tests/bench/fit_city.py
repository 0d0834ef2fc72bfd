"""Made-up people who look for a course, each with the course that is known to be best for them.

A person is made from a trade that they do or did. Which course is best for the trade was judged by hand, from the
course's title alone; what a person then tells is a noisy wish in lay words, schooling and work status. Nothing here
reads the score, its weights or its table of words.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

CLEAR, VAGUE, ASTRAY, SILENT = "clear", "vague", "astray", "silent"
KINDS = {CLEAR: 60, VAGUE: 20, ASTRAY: 10, SILENT: 10}
"""How a wish is told, in shares: of the own trade, of its field only, of another trade, nothing that helps."""
SLIPS = 0.1
"""Share of wishes with one wrong letter."""
NOTHING = ("apa saja", "terserah dinas", "yang penting dapat kerja", "belum tahu", "-")


@dataclass(frozen=True, slots=True)
class Trade:
    """What somebody does: the best course, ways to say the wish, vague ways, schooling and work status told."""

    best: str
    clear: tuple[str, ...]
    vague: tuple[str, ...]
    schooling: tuple[str, ...]
    status: tuple[str, ...]


STATUS = {
    "own": "MICRO_SMALL_BUSINESS",
    "looks": "JOB_SEEKER",
    "laid_off": "LAID_OFF",
    "works": "WORKER_NEEDING_SKILLS",
    "free": "NON_WAGE_WORKER",
    "furloughed": "FURLOUGHED",
}
TABLE = """
TKP-001 | bikin kue kering; kue lebaran; usaha roti | makanan; kuliner | SD SMP SMA | own looks
TKP-002 | memasak; katering; masakan rumah; juru masak | makanan; kuliner | SMP SMA | own laid_off
TKP-003 | jualan online; toko online; berdagang di shopee | usaha; bisnis | SMP SMA | own looks
TKP-004 | foto produk; fotografi | kamera; gambar | SMP SMA SMK | own free
TKP-005 | customer service; call center; layanan pelanggan | pelayanan | SMA SMK DIPLOMA | looks laid_off
SKA-001 | desain grafis; bikin spanduk; corel draw | desain; gambar | SMA SMK | free looks
SKA-002 | bahasa inggris; english conversation; kerja di hotel | bahasa | SMA SMK DIPLOMA | laid_off furloughed
SKA-003 | excel; administrasi kantor; komputer perkantoran | komputer | SMA SMK DIPLOMA | looks laid_off
SKA-004 | programmer; bikin website; coding | komputer; IT | SMK S1 | looks laid_off
SKA-005 | cara melamar kerja; wawancara kerja; buat cv | persiapan kerja | SMA SMK S1 | looks
MBA-001 | barista; kopi; kerja di kafe | minuman; kuliner | SMP SMA SMK | looks laid_off
MBA-002 | tata rias; make up pengantin; rias wajah | kecantikan; salon | SMP SMA | free own
MBA-003 | pangkas rambut; tukang cukur; barbershop | salon | SD SMP | free own
MBA-004 | edit video; konten youtube; tiktok | media sosial | SMA SMK | looks free
MBA-005 | papan bunga; merangkai bunga | kerajinan tangan | SD SMP SMA | own free
BKL-001 | menjahit; jahit baju; konveksi; tata busana | kerajinan; keterampilan | SD SMP SMA | own laid_off
BKL-002 | bordir; sulam; menyulam kain | kerajinan tangan | SD SMP | own
BKL-003 | pembukuan warung; catatan keuangan usaha | usaha; bisnis | SMP SMA | own
BKL-004 | digital marketing; iklan facebook; pemasaran online | bisnis | SMA S1 | own looks
BKL-005 | packing barang; kirim paket | jualan | SD SMP | own works
PTR-001 | teknisi ac; servis kulkas | teknik | SMA SMK | free laid_off
PTR-002 | bengkel motor; montir; mekanik sepeda motor | otomotif; teknik | SMP SMA SMK | free looks
PTR-003 | instalasi listrik; tukang listrik | teknik | SMA SMK | free laid_off
PTR-005 | akuntansi; accounting; myob | kantor | SMK DIPLOMA S1 | looks laid_off
SKM-001 | pengasuh anak; baby sitter; guru paud | anak | SMA SMK | looks laid_off
SKM-002 | perawat lansia; jaga orang tua; caregiver | perawatan | SMP SMA | looks works
SKM-003 | guru les; bimbingan belajar; mengajar anak sd | pendidikan | SMA DIPLOMA S1 | free looks
SKM-004 | bahasa mandarin; bahasa cina | bahasa | SMP SMA | works looks
SKM-005 | public speaking; pembawa acara | percaya diri | SMA S1 | looks works
PJM-001 | olah data; data analyst; data entry | komputer | SMA DIPLOMA S1 | looks laid_off
PJM-003 | teknisi jaringan; pasang wifi; mikrotik | komputer; IT | SMK | looks laid_off
PJM-004 | servis hp; teknisi handphone; reparasi ponsel | teknik; elektronik | SMP SMA SMK | free laid_off
PJM-005 | menulis artikel; penulis konten; copywriter | media | SMA S1 | free looks
SNK-001 | hidroponik; tanam sayur; berkebun | pertanian | SD SMP SMA | own free
SNK-002 | ternak ayam; pelihara ayam kampung | peternakan | SD SMP | own free
SNK-003 | ternak lele; kolam ikan; budidaya ikan | perikanan | SD SMP SMA | own free
SNK-006 | staf gudang; admin gudang; stok barang | logistik | SMA SMK | laid_off works
"""


def _trade(line: str) -> Trade:
    best, clear, vague, schooling, status = (part.strip() for part in line.split("|"))
    statuses = tuple(STATUS[each] for each in status.split())
    return Trade(best, tuple(clear.split("; ")), tuple(vague.split("; ")), tuple(schooling.split()), statuses)


TRADES = tuple(_trade(line) for line in TABLE.strip().splitlines())


@dataclass(frozen=True, slots=True)
class Seeker:
    """What a person tells, the course that is best for them, and how they told the wish."""

    best: str
    kind: str
    wish: str
    education: str
    work_status: str
    balance_rupiah: int = 1_000_000


def seekers(number: int, seed: int = 2020) -> list[Seeker]:
    chance = random.Random(seed)
    return [_seeker(chance) for _ in range(number)]


def _seeker(chance: random.Random) -> Seeker:
    trade = chance.choice(TRADES)
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    said = {
        CLEAR: trade.clear,
        VAGUE: trade.vague,
        ASTRAY: chance.choice([each for each in TRADES if each is not trade]).clear,
        SILENT: NOTHING,
    }[kind]
    wish = chance.choice(said)
    if chance.random() < SLIPS:
        wish = _slip(wish, chance)
    return Seeker(trade.best, kind, wish, chance.choice(trade.schooling), chance.choice(trade.status))


def _slip(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + chance.choice("abcdefghijklmnopqrstuvwxyz") + text[place + 1 :]
