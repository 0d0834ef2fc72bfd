"""How the pages call what the rules call by codes."""

from __future__ import annotations

from collections.abc import Mapping

from services.incentive.domain.refusals import REFUSALS
from shared.contracts.decision import Refused
from shared.web.problems import sentence
from shared.web.questions import Options

STAGES: Mapping[str, tuple[int, str, str]] = {
    "choose_course": (3, "Pilih pelatihan", "Beli pelatihan dengan saldo kartu Anda."),
    "take_course": (4, "Ikuti pelatihan", "Tukarkan kode di platform, lalu selesaikan pelatihannya."),
    "review": (5, "Ulasan dan rating", "Nilai pelatihan Anda; tanpa ulasan insentif belum dapat dibayarkan."),
    "incentives": (6, "Insentif pasca pelatihan", "Dibayarkan setelah semua syaratnya terpenuhi."),
    "surveys": (7, "Insentif survei", "Dibayarkan setelah Anda mengisi survei."),
}
"""Stage of views.py -> its number in the programme, its name, and what it is about."""

ENDED: Mapping[str, str] = {
    "revoked": "Kepesertaan Anda berakhir",
    "ineligible": "Kepesertaan Anda dihentikan",
    "erased": "Data diri Anda sudah dihapus",
}

KINDS: Mapping[str, str] = {"post_training": "Insentif pasca pelatihan", "survey": "Insentif survei"}

STATES: Mapping[str, str] = {
    "waiting": "menunggu syarat atau tanggalnya",
    "due": "syarat terpenuhi, menunggu daftar pembayaran",
    "batched": "masuk daftar pembayaran, sedang diperiksa pejabat kedua",
    "sending": "sedang dikirim bank",
    "unknown": "sudah dikirim, bank belum memastikan hasilnya",
    "paid": "sudah dibayarkan",
    "failed": "ditolak bank",
    "returned": "dikembalikan bank",
    "cancelled": "dibatalkan",
}
"""State of an incentive."""

PURCHASES: Mapping[str, str] = {
    "held": "kode belum ditukarkan",
    "committed": "diikuti",
    "released": "kode lewat batas waktu, uangnya kembali ke saldo",
}

MODES: Options = {"online": "daring", "hybrid": "daring dan tatap muka", "offline": "tatap muka"}

TOPICS: Options = {
    "BEAUTY": "Kecantikan",
    "BUSINESS": "Usaha dan penjualan",
    "CARE": "Pengasuhan dan pengajaran",
    "CAREER": "Mencari kerja",
    "CRAFT": "Kerajinan dan busana",
    "DESIGN": "Desain, foto, dan video",
    "FARMING": "Tani, ternak, dan ikan",
    "FOOD": "Makanan dan minuman",
    "LANGUAGE": "Bahasa",
    "OFFICE": "Kantor dan pembukuan",
    "SERVICE": "Layanan dan gudang",
    "TECHNICAL": "Teknik dan bengkel",
    "TECHNOLOGY": "Komputer dan internet",
}
PARTS: Mapping[str, str] = {
    "WISH": "Keinginan Anda",
    "OCCUPATION": "Pekerjaan yang dituju",
    "LEVEL": "Tingkat kelas",
    "WORK": "Keadaan kerja Anda",
    "PRICE": "Harga",
}
"""Part of the score of a course (fit.py)."""
ORDERS: Options = {"": "Menurut katalog", "sesuai": "Paling sesuai untuk saya", "harga": "Harga terendah"}
"""How the list of courses may be ordered."""
EDUCATION: Mapping[str, str] = {
    "NONE": "siapa saja",
    "SD": "SD ke atas",
    "SMP": "SMP ke atas",
    "SMA": "SMA ke atas",
    "SMK": "SMK ke atas",
    "DIPLOMA": "Diploma ke atas",
    "S1": "Sarjana ke atas",
    "S2": "Magister ke atas",
    "S3": "Doktor",
}

ASPECTS: Options = {
    "TOO_MONOTONOUS": "Cara mengajarnya membosankan",
    "PRICE_TOO_HIGH": "Harganya terlalu tinggi",
    "NETWORK_POOR": "Sering terganggu jaringan",
    "NOT_FITTING": "Tidak sesuai dengan kebutuhan saya",
    "TOO_HARD": "Terlalu sulit",
    "TOO_EASY": "Terlalu mudah",
}
"""What a review may complain about (reviews.py)."""
RATINGS: Options = {"5": "5, sangat baik", "4": "4, baik", "3": "3, cukup", "2": "2, kurang", "1": "1, buruk"}

FOR_PAGES: Mapping[str, str] = {
    "PARTICIPANT_UNKNOWN": "Kode lacak ini tidak membuka halaman peserta. Periksa kembali huruf dan angkanya. "
    "Halaman ini untuk yang sudah terpilih; pendaftar lain melihat status pendaftarannya.",
}
"""What a page says instead of the sentence that speaks to programs."""


def told(refused: Refused) -> str:
    """The sentence of a refusal, as a page shows it."""
    return FOR_PAGES.get(refused.code) or sentence(refused, REFUSALS)
