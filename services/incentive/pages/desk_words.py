"""How the pages of staff call what the rules call by codes."""

from __future__ import annotations

from collections.abc import Mapping

from services.incentive.domain.refusals import REFUSALS

BATCHES: Mapping[str, str] = {
    "collecting": "sedang dikumpulkan",
    "proposed": "menunggu orang kedua",
    "approved": "disetujui, sedang diserahkan ke bank",
    "rejected": "dikembalikan",
    "sent": "sudah di bank, hasilnya belum lengkap",
    "closed": "selesai",
}
COUNTS: Mapping[str, str] = {
    "sending": "dikirim, belum ada jawaban",
    "paid": "dibayarkan",
    "unknown": "tidak diketahui",
    "failed": "ditolak bank",
    "returned": "dikembalikan bank",
    "dropped": "tidak dikirim",
}
"""What became of the lines of a batch."""

CLAIMS: Mapping[str, str] = {
    "BATCH_UNREADABLE": "kiriman tidak dapat dibaca: terlalu besar atau rusak",
    "BODY_MISSING": "tanpa isi",
    "BODY_TOO_LARGE": "isinya terlalu besar",
    "HEADER_MISSING": "tanda pengenal kiriman tidak lengkap",
    "HEADER_DOUBLED": "tanda pengenal kiriman ada dua kali",
    "HEADER_NOT_TEXT": "tanda pengenal kiriman bukan teks",
    "CLAIM_ID_WRONG": "nomor klaim tidak sah",
    "TIMESTAMP_WRONG": "waktu kiriman tidak sah",
    "CLAIM_FROM_FUTURE": "waktu kiriman di masa depan",
    "CLAIM_TOO_OLD": "kiriman terlalu lama",
    "SIGNATURE_FORM_WRONG": "bentuk tanda tangan salah",
    "SIGNATURE_WRONG": "tanda tangan tidak cocok: mungkin palsu",
    "KEY_REVOKED": "ditandatangani dengan kunci yang sudah dicabut",
    "PARTNER_UNKNOWN": "pengirim bukan mitra",
    "PARTNER_MISSING": "tidak menyebut pengirimnya",
    "RECORD_KEY_DIFFERS": "kunci kiriman berbeda dari kode penukaran",
    "NOT_UTF8": "isinya bukan teks UTF-8",
    "NOT_JSON": "isinya bukan JSON yang benar",
    "NOT_AN_OBJECT": "isinya bukan satu klaim",
    "TOO_DEEP": "susunan isinya terlalu dalam",
    "DUPLICATE_JSON_KEY": "isinya menyebut satu hal dua kali",
    "NOT_FINITE": "isinya memuat angka yang tidak sah",
    "FIELD_MISSING": "ada isian wajib yang tidak ada",
    "FIELD_UNKNOWN": "memuat isian yang tidak disepakati",
    "REDEEM_CODE_WRONG": "kode penukaran salah tulis",
    "COURSE_CODE_WRONG": "kode pelatihan salah tulis",
    "FINISHED_ON_WRONG": "tanggal selesai salah tulis",
    "CERTIFICATE_NUMBER_WRONG": "nomor sertifikat salah tulis",
    "CREDENTIAL_WRONG": "lencana bukan teks atau objek yang disepakati",
    "CERTIFICATE_AND_CREDENTIAL": "memuat nomor sertifikat dan lencana sekaligus",
    "DECISION_FAILED": "gagal diproses oleh sistem kita; laporkan kepada operator",
    "BADGE_NOT_AGREED": "memakai lencana sebelum penerbit dan kuncinya disepakati dengan kantor",
    "BADGE_FORM_WRONG": "lencananya tidak dapat dibaca",
    "BADGE_CONTEXT_WRONG": "lencananya bukan Open Badge 3.0",
    "BADGE_TYPE_WRONG": "jenis lencananya salah",
    "BADGE_ID_WRONG": "nomor lencananya tidak sah",
    "BADGE_TIME_WRONG": "waktu pada lencananya tidak sah",
    "BADGE_ALGORITHM_WRONG": "lencananya ditandatangani dengan cara yang tidak disepakati",
    "BADGE_PURPOSE_WRONG": "tanda tangan lencananya dibuat untuk tujuan lain",
    "BADGE_PROOF_MISSING": "lencananya tidak bertanda tangan",
    "BADGE_SIGNATURE_FORM_WRONG": "bentuk tanda tangan lencananya salah",
    "BADGE_SIGNATURE_WRONG": "tanda tangan lencananya tidak cocok: diubah, atau palsu",
    "BADGE_CLAIMS_DIFFER": "keterangan tanda tangan lencana berbeda dari isi lencananya",
    "BADGE_KEY_IN_MESSAGE": "lencananya membawa kuncinya sendiri",
    "BADGE_KEY_UNKNOWN": "lencananya ditandatangani dengan kunci yang tidak dikenal",
    "BADGE_KEY_REVOKED": "lencananya ditandatangani dengan kunci yang sudah dicabut",
    "BADGE_ISSUER_WRONG": "lencananya diterbitkan pihak lain",
    "BADGE_NOT_YET_VALID": "lencananya belum berlaku",
    "BADGE_EXPIRED": "lencananya sudah tidak berlaku",
    "BADGE_WITHDRAWN": "lencananya sudah ditarik platform",
    "BADGE_SUBJECT_WRONG": "penerima lencananya tidak disebut menurut kesepakatan",
    "BADGE_SUBJECT_NOT_HASHED": "penerima lencananya tidak disamarkan",
    "BADGE_SALT_TOO_SHORT": "penyamaran penerima lencananya terlalu lemah",
    "BADGE_HOLDS_NIK": "lencananya memuat NIK",
    "BADGE_FOR_OTHER_PERSON": "lencananya milik orang lain",
    "BADGE_FOR_OTHER_COURSE": "lencananya untuk pelatihan lain",
    "BADGE_STATUS_MISSING": "lencananya tidak menyebut daftar lencana yang ditarik",
    "BADGE_STATUS_KIND": "lencananya menyebut daftar jenis lain",
    "BADGE_STATUS_OF_OTHER": "lencananya menyebut daftar yang lain",
    "BADGE_STATUS_WRONG": "tempat lencananya di daftar lencana yang ditarik tidak sah",
}
"""Why the border did not believe a claim (adapters/border.py)."""

DOUBTS: Mapping[str, str] = {
    "SIGNED_BEFORE_REVOCATION": "ditandatangani dengan kunci yang kemudian dicabut",
    "KEY_STOLEN": "kunci penandatangannya dicuri",
    "BADGE_STATUS_UNKNOWN": "daftar lencana yang ditarik platform belum dapat dibaca",
    "BADGE_WITHDRAWN": "platform menarik kembali lencananya",
    "RATE_UNUSUAL": "platform melaporkan jauh lebih banyak daripada biasanya dalam satu jam",
}
"""Why a completion that was believed releases no money yet (doubts.py)."""

LINE_REASONS: Mapping[str, str] = {
    "NOT_OURS": "Referensinya bukan pembayaran kami",
    "AMOUNT_DIFFERS": "Jumlahnya berbeda dari pembayaran kami",
    "PAID_TWICE": "Pembayaran yang sama dibayar dua kali",
    "RETURNED_TWICE": "Pembayaran yang sama kembali dua kali",
    "UNKNOWN_CREDIT": "Uang masuk tanpa keterangan yang kami kenal",
    "UNKNOWN_DEBIT": "Uang keluar tanpa keterangan yang kami kenal",
    "DEPOSIT_DIFFERS": "Menyebut dana yang kami catat dengan jumlah lain",
    "DEPOSIT_TWICE": "Menyebut dana yang sudah dijelaskan baris lain",
    "DEPOSITS_NAMED": "Menyebut lebih dari satu dana yang kami catat",
}
"""Why a line of a bank's statement stands open (statement_lines.py)."""
LINE_KINDS: Mapping[str, str] = {
    "payment": "Pembayaran insentif",
    "return": "Pembayaran yang kembali",
    "deposit": "Dana masuk (SP2D)",
    "fee": "Biaya bank",
    "interest": "Bunga",
    "other": "Lainnya",
}

FINDINGS: Mapping[str, str] = {
    "FILE_REFUSED": "satu berkasnya tidak dapat dipakai, isinya tidak dihitung ({what}). Tanyakan kepada bank",
    "STATEMENT_MISSING": "rekening koran nomor {what} tidak pernah kami terima. Mintalah dari bank",
}
"""What is wrong with what came from a bank (adapters/statement.py)."""
FILES: Mapping[str, str] = {
    "ACCOUNT_DIFFERS": "untuk rekening lain",
    "AMOUNT_WRONG": "ada jumlah uang yang salah tulis",
    "BALANCE_DIFFERS": "saldonya tidak sesuai dengan baris-barisnya",
    "CURRENCY_WRONG": "ada mata uang selain rupiah",
    "DATE_WRONG": "ada tanggal yang salah",
    "DETAILS_DIFFER": "rincian satu baris tidak sama dengan jumlahnya",
    "FIELD_MISSING": "ada isian wajib yang tidak ada",
    "FIELD_WRONG": "ada isian yang salah",
    "FILE_TOO_LARGE": "berkasnya terlalu besar",
    "FILE_UNKNOWN": "menjawab berkas yang tidak pernah kami kirim",
    "FILE_UNREADABLE_AT_BANK": "bank tidak dapat membaca berkas kami",
    "HEAD_WRONG": "baris pertamanya bukan yang disepakati",
    "ID_TWICE": "nomor berkasnya sudah dipakai untuk isi lain",
    "LINE_TWICE": "satu baris ada dua kali",
    "MESSAGE_UNKNOWN": "bukan hasil pembayaran dan bukan rekening koran",
    "NOT_A_FILE": "bukan berkas biasa",
    "NOT_CSV": "bukan CSV yang dapat dibaca",
    "NOT_XML": "bukan XML yang dapat dibaca",
    "REFERENCE_TWICE": "satu pembayaran disebut dua kali",
    "REFERENCE_UNKNOWN": "menyebut pembayaran yang tidak ada di berkas kami",
    "TOO_MANY_LINES": "barisnya terlalu banyak",
    "XML_FORBIDDEN": "memuat bagian XML yang dilarang",
    "XML_TOO_DEEP": "susunannya terlalu dalam",
    "XML_TOO_LONG": "ada isian yang terlalu panjang",
}
"""Why a file of a bank was refused (adapters/files)."""

WARNINGS: Mapping[str, str] = {
    "ENTRY_LEVEL_ABOVE": "untuk pendidikan yang lebih tinggi",
    "OTHER_TOPIC": "di luar bidang yang diminati",
    "PRICE_ABOVE_BALANCE": "harganya di atas saldo",
    "DEAR_FOR_LENGTH": "mahal untuk jumlah jamnya",
    "NEEDS": "perlu alat atau dasar lebih dahulu",
}
"""What a participant was warned of before buying (advice.py)."""

ORIGINS: Mapping[str, str] = {"shipped": "Berkas bawaan", "file": "Berkas", "platform": "Daftar platform"}
"""Where an edition of the catalogue came from (listings.py)."""
LOOKS: Mapping[str, str] = {
    "AWAY": "alamatnya tidak menjawab",
    "TOO_LARGE": "daftarnya terlalu besar",
    "NOT_A_CATALOGUE": "isinya bukan daftar pelatihan",
    "ROWS_WRONG": "ada baris yang salah",
    "TOO_MANY_GONE": "terlalu banyak pelatihan hilang sekaligus; tanyakan ke platform, atau unggah daftarnya sendiri",
    "NOT_LISTED": "platform belum ada di katalog; unggah daftar pertamanya sebagai berkas",
}
"""Why a platform's own list was not taken (platform_looks.py)."""

STANDINGS: Mapping[str, str] = {
    "active": "berjalan",
    "revoked": "berakhir",
    "ineligible": "dihentikan, tidak memenuhi syarat",
    "erased": "data diri dihapus",
}
STAFF_REMEDIES: Mapping[str, str] = {
    "ELIGIBILITY_REVIEW": "Dua petugas memutuskan di pemeriksaan identitas, dengan alasan tertulis. "
    "Dahulukan yang paling lama menunggu.",
    "REVIEW_MISSING": "Peserta mengisi ulasan di halamannya. Kantor mengingatkan, atau mengisikannya bersama peserta "
    "yang datang ke loket.",
    "ACCOUNT_NOT_LINKED": "Peserta menyambungkan rekening atas namanya sendiri. Kantor mengingatkan, atau "
    "menyambungkannya bersama peserta yang datang ke loket.",
    "ACCOUNT_NIK_MISMATCH": "Peserta menyambungkan rekening atas NIK-nya sendiri. Kantor mengingatkan; rekening orang "
    "lain tidak dapat dipakai, juga bila diminta di loket.",
    "ACCOUNT_NAME_MISMATCH": "Peserta memperbaiki namanya di bank sesuai KTP, lalu meminta pemeriksaan ulang. Kantor "
    "mengingatkan, atau menyambungkan rekening lain bersama peserta di loket.",
    "ACCOUNT_INACTIVE": "Peserta mengaktifkan lagi rekeningnya di bank atau menggantinya. Kantor mengingatkan, atau "
    "menyambungkan rekening lain bersama peserta di loket.",
    "WALLET_NOT_KYC": "Peserta menyelesaikan pemeriksaan identitas di aplikasi dompetnya. Kantor mengingatkan, atau "
    "menyambungkan rekening lain bersama peserta di loket.",
    "WALLET_FULL": "Peserta mengurangi saldo dompetnya. Kantor mengingatkan; sesudah itu sekretariat mengirim ulang "
    "pembayaran yang gagal.",
    "ACCOUNT_ON_HOLD": "Berakhir sendiri setelah 72 jam. Bila peserta melapor bukan ia yang mengganti, kantor "
    "memeriksa identitasnya sebelum ada yang dibayarkan.",
}
"""What helps, said to staff, where the file (delay_causes.csv) speaks to the participant."""


def claim_reason(code: str) -> str:
    """The border's reason in words, or that of the rule which refused a believed claim."""
    refusal = REFUSALS.get(code)
    return CLAIMS.get(code) or (refusal.sentence if refusal else code)


def finding(said: str) -> str:
    """What reconciliation found: `<bank> <code> <what>`, in words; a code that has none stays as it is."""
    bank, _, rest = said.partition(" ")
    code, _, what = rest.partition(" ")
    words = FINDINGS.get(code)
    return f"{bank}: {words.format(what=FILES.get(what, what)) if words else rest}."
