"""Every code this service refuses with, and the Indonesian sentence that says what the person can do."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts.decision import Refusal
from shared.security import one_time_codes

_INVALID: Mapping[str, str] = {
    "NIK_FORMAT": "NIK harus 16 angka seperti pada KTP. Periksa kembali, lalu ketik dengan angka biasa.",
    "KK_FORMAT": "Nomor KK harus 16 angka seperti pada Kartu Keluarga. Periksa kembali, lalu ketik ulang.",
    "EMAIL_FORMAT": "Alamat e-mail tidak lengkap. Periksa kembali; petugas kami dapat membantu membuatnya.",
    "MOBILE_FORMAT": "Nomor ponsel harus nomor Indonesia, misalnya 0812xxxxxxx. Periksa kembali.",
    "DATE_FORMAT": "Tanggal tidak dapat dibaca. Tulis sebagai tahun-bulan-hari, atau hari/bulan/tahun di lembar kerja.",
    "TEXT_FORMAT": "Isian kosong, terlalu panjang, atau berisi tanda yang tidak dapat dicetak. Ketik ulang isian itu.",
    "DISTRICT_UNKNOWN": "Kode kecamatan tidak dikenal. Pakai kode Kemendagri, misalnya 12.71.05, bukan kode BPS.",
    "EDUCATION_UNKNOWN": "Pendidikan terakhir tidak dikenal. Pilih salah satu: SD, SMP, SMA, SMK, Diploma, S1, S2, S3.",
    "WORK_STATUS_UNKNOWN": "Status kerja tidak dikenal. Pilih misalnya pencari kerja, ter-PHK, dirumahkan, UMKM.",
    "SEX_UNKNOWN": "Jenis kelamin tidak dikenal. Tulis L atau P.",
    "YES_OR_NO": "Isian ini hanya dapat dijawab ya atau tidak. Tulis salah satunya.",
    "EMPTY_CELL": "Ada isian wajib yang kosong. Lengkapi isian itu, lalu kirim ulang.",
    "UNDER_AGE": "Usia belum mencapai {min_age} tahun pada hari pendaftaran. Daftarlah kembali setelah cukup umur.",
    "TEST_INCOMPLETE": "Belum semua pertanyaan dijawab dengan pilihan yang tersedia. Jawab semuanya, lalu kirim.",
    "WAVE_TIMES": "Waktu pembukaan harus sebelum waktu penutupan. Perbaiki jadwalnya.",
    "STRATA_QUOTA": "Kuota kelompok melebihi kuota gelombang, atau satu kelompok disebut dua kali. Perbaiki kuotanya.",
    "STRATUM_UNKNOWN": "Kelompok tidak dikenal. Pakai LAID_OFF_LIST, COVID_AFFECTED, KECAMATAN_<kode>, GROUP_<kode>.",
    "OFFICIALS": "Jumlah pejabat harus {least} sampai {most}, dengan nama yang berbeda. Perbaiki, lalu kirim lagi.",
    "COMMITMENT_POINTS": "Komitmen harus {threshold} titik yang sah dan berbeda. Pakai berkas `gelombang draw secret`.",
    "SECRET_WRONG": "Rahasia {official} tidak cocok dengan komitmennya. Periksa isinya, atau pakai bagian rahasia.",
    "SHARE_WRONG": "Bagian rahasia {official} yang dipegang {holder} tidak cocok. Periksa berkasnya.",
    "ACKNOWLEDGEMENT_SIGNATURE": "Pernyataan tentang bagian {official} bukan tanda tangan {holder} untuk ini. "
    "Minta {holder} membuatnya lagi (`gelombang draw share sign`).",
    "BEACON_CHAIN": "Rantai drand ini tidak dikenal atau belum berjalan. Pakai quicknet, atau jangan pakai drand.",
    "BEACON_UNAVAILABLE": "Pemasangan ini tidak dapat memeriksa drand. Undi tanpa drand, atau pakai CPython 3.11.",
    "BEACON_SIGNATURE": "Tanda tangan drand tidak sah untuk putaran itu. Ambil lagi dari alamat drand yang resmi.",
    "LIST_CODE_UNKNOWN": "Kode daftar tidak dikenal. Pakai kode dari berkas aturan program.",
    "HANDOVER_EMPTY": "Belum ada orang dari lembar ini yang dapat diserahkan. Tunggu pemeriksaannya selesai.",
    "HANDOVER_CHANGED": "Data orang pada lembar ini berubah sejak serah terima. Buat serah terima yang baru.",
    "LIST_FROM_FUTURE": "Tanggal keadaan daftar ini belum tiba. Periksa tanggalnya, terutama tahunnya.",
    "LIST_OLDER": "Daftar {list} yang berlaku lebih baru daripada berkas ini. Unggah daftar yang terbaru.",
    "HEADINGS": "Baris judul kolom tidak lengkap ({missing}). Pakai sepuluh kolom formulir Permenaker 17/2020.",
    "SHEET_UNREADABLE": "Berkas tidak dapat dibaca. Simpan sebagai .xlsx atau .csv biasa, lalu unggah ulang.",
    "SHEET_TOO_LARGE": "Berkas terlalu besar. Bagi menjadi beberapa berkas, paling banyak 20.000 baris.",
    "SHEET_FORBIDDEN": "Berkas berisi makro, tautan keluar, atau bagian yang tidak aman. Simpan ulang tanpa itu.",
    "SLOT_UNKNOWN": "Hari atau jam itu tidak tersedia. Pilih hari kerja dan jam yang ditawarkan.",
}
_CONFLICT: Mapping[str, str] = {
    "DUPLICATE": "NIK ini sudah terdaftar. Lihat statusnya dengan kode lacak, atau minta kode baru bila hilang.",
    "NIK_UNDER_REVIEW": "NIK ini sedang diperiksa petugas. Hubungi atau datangi kantor kami dengan KTP dan KK.",
    "WAVE_EXISTS": "Gelombang ini sudah dibuka. Ubah jadwal atau kuotanya, atau pakai nomor lain.",
    "WAVE_STATE": "Langkah ini tidak dapat dilakukan pada keadaan gelombang sekarang ({state}).",
    "WAVE_STILL_OPEN": "Gelombang belum sampai waktu penutupan. Tunggu, atau ubah jadwalnya lebih dahulu.",
    "OFFICIALS_MISSING": "Pejabat pemegang rahasia belum ditetapkan. Tetapkan sebelum gelombang ditutup.",
    "COMMITMENTS": "Komitmen atau pemeriksaan bagian rahasia belum lengkap untuk: {officials}. Lengkapi dahulu.",
    "ACKNOWLEDGED_OTHER": "Yang diperiksa bukan komitmen {official} yang tercatat. Periksa lagi dengan yang terbaru.",
    "ACKNOWLEDGEMENT_EARLY": "{holder} belum menyerahkan komitmennya sendiri. Serahkan dulu, lalu kirim pernyataannya.",
    "SECRETS_MISSING": "Rahasia belum lengkap: {officials}. Mintalah rahasianya, atau bagian dari pejabat lain.",
    "SHARES_MISSING": "Rahasia {official} terbuka dengan {threshold} bagian yang benar. Mintalah kepada pemegangnya.",
    "BEACON_ROUND": "Gelombang ini hanya dapat diundi dengan putaran drand {round}. Tunggu atau periksa nomornya.",
    "BEACON_MISSING": "Putaran drand {round} belum dapat diambil. Tunggu sampai terbit, atau isikan tanda tangannya.",
    "WAVE_JOINED": "Anda sedang menunggu undian. Data ini dapat diubah setelah hasil diumumkan.",
    "ALREADY_SELECTED": "Anda sudah memiliki kartu. Untuk mengubah data ini, datanglah ke kantor kami.",
    "NOT_ELIGIBLE": "Pendaftaran belum dinyatakan memenuhi syarat. Lihat alasannya pada halaman status.",
    "TEST_MISSING": "Tes motivasi dan kemampuan dasar belum diikuti. Ikuti tes, lalu gabung.",
    "CASE_SETTLED": "Pemeriksaan ini sudah selesai. Muat ulang antrean.",
    "CASE_OPEN": "Keberatan Anda sedang diperiksa. Tunggu kabar dari kami.",
    "PROPOSAL_MISSING": "Belum ada usulan dari petugas pertama. Mintalah usulan lebih dahulu.",
    "RING_OPEN": "Orang ini satu kelompok dengan pendaftaran lain yang diperiksa. Putuskan kelompoknya lebih dahulu.",
    "NIK_STILL_HELD": "NIK ini masih dipegang pendaftaran lain. Putuskan pendaftaran itu lebih dahulu.",
    "NOTHING_TO_OBJECT": "Tidak ada keputusan yang dapat diajukan keberatan. Lihat halaman status.",
    "NOTHING_TO_CHECK": "Pemeriksaan tidak diperlukan lagi. Tidak ada yang perlu dilakukan.",
    "NOTHING_TO_LAPSE": "Batas waktu belum lewat atau sudah ditangani. Tidak ada yang perlu dilakukan.",
    "CHUNK_OUT_OF_ORDER": "Bagian ini sudah atau belum gilirannya diproses. Sistem melanjutkan sendiri.",
    "CHUNK_ANNOUNCED": "Bagian ini sudah diumumkan. Tidak ada yang perlu dilakukan.",
    "ROWS_MISSING": "Masih ada {missing} baris yang belum tersimpan. Unggah ulang berkas yang sama.",
    "IMPORT_RUNNING": "Berkas ini sedang diproses. Lihat kemajuannya pada halaman impor.",
    "BOOKED_ALREADY": "Anda sudah memiliki janji pada hari itu. Pilih hari lain bila perlu.",
    "SLOT_FULL": "Jam itu sudah penuh. Pilih jam atau hari lain.",
}
_MISSING: Mapping[str, str] = {
    "APPLICANT_UNKNOWN": "Pendaftaran tidak ditemukan. Periksa nomor pendaftaran dan kode lacak Anda.",
    "OFFICIAL_UNKNOWN": "{official} tidak dapat dipakai di sini. Periksa nama pejabat pada halaman gelombang.",
    "WAVE_UNKNOWN": "Gelombang tidak ditemukan. Periksa nomornya.",
    "CHUNK_UNKNOWN": "Bagian itu tidak ditemukan. Periksa nomornya.",
    "CASE_UNKNOWN": "Pemeriksaan tidak ditemukan. Muat ulang antrean.",
    "HANDOVER_UNKNOWN": "Serah terima tidak ditemukan. Periksa nomornya.",
    "IMPORT_UNKNOWN": "Impor tidak ditemukan. Periksa nomornya.",
}
_FORBIDDEN: Mapping[str, str] = {
    "SAME_EYES": "Langkah kedua harus dilakukan orang lain. Mintalah rekan yang berwenang.",
    "CODE_WRONG": "Kode salah. Tersisa {tries_left} percobaan; periksa pesan terakhir kami.",
    "CODE_EXPIRED": "Kode tidak berlaku lagi. Mintalah kode baru.",
}
_CLOSED: Mapping[str, str] = {
    "APPLICATION_CLOSED": "Pendaftaran ini sudah ditutup. Bila perlu, daftarlah lagi atau hubungi kantor kami.",
    "WAVE_NOT_OPEN": "Gelombang ini tidak sedang dibuka. Lihat jadwal gelombang berikutnya.",
    "TOO_LATE": "Keberatan dapat diajukan sampai {until}; batas itu sudah lewat. Hubungi atau datangi kantor kami.",
}

REFUSALS: Mapping[str, Refusal] = {
    **one_time_codes.REFUSALS,
    **{code: Refusal("invalid", sentence) for code, sentence in _INVALID.items()},
    **{code: Refusal("conflict", sentence) for code, sentence in _CONFLICT.items()},
    **{code: Refusal("missing", sentence) for code, sentence in _MISSING.items()},
    **{code: Refusal("forbidden", sentence) for code, sentence in _FORBIDDEN.items()},
    **{code: Refusal("closed", sentence) for code, sentence in _CLOSED.items()},
}
"""Code -> what it means to a person; shared.web.problems makes problem documents of it."""
