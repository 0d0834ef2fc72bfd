"""Every code this service refuses with, and the Indonesian sentence that says what the person can do."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts.decision import Refusal

REFUSALS: Mapping[str, Refusal] = {
    "APPLICANT_UNKNOWN": Refusal("missing", "Pendaftar tidak ditemukan atau datanya sudah dihapus. Periksa nomornya."),
    "RECIPIENT_ERASED": Refusal("closed", "Data orang ini sudah dihapus; tidak ada lagi yang dapat dikirim."),
    "CHANNEL_UNKNOWN": Refusal("invalid", "Saluran tidak dikenal atau disebut dua kali. Pilih dari daftar saluran."),
    "CAMPAIGN_EXISTS": Refusal("conflict", "Siaran ini sudah dibuat. Lihat daftarnya, atau buat siaran baru."),
    "CAMPAIGN_UNKNOWN": Refusal("missing", "Siaran tidak ditemukan. Periksa nomornya."),
    "DISTRICT_UNKNOWN": Refusal("invalid", "Kecamatan tidak dikenal. Pakai kode Kemendagri, misalnya 12.71.05."),
    "TEMPLATE_UNKNOWN": Refusal("invalid", "Naskah tidak dikenal. Pilih dari daftar naskah yang tersedia."),
    "FIELDS_MISSING": Refusal("invalid", "Naskah ini masih memerlukan isian: {fields}. Lengkapi, lalu kirim lagi."),
    "FILE_UNKNOWN": Refusal("missing", "Berkas tidak ditemukan. Lihat daftar berkas siaran ini."),
    "MESSAGE_UNKNOWN": Refusal("missing", "Pesan tidak ditemukan. Periksa nomornya."),
    "MESSAGE_STATE": Refusal("conflict", "Hasil pesan ini sudah diketahui. Tidak ada yang perlu diputuskan."),
    "TICKET_EXISTS": Refusal("conflict", "Nomor pengaduan ini sudah dipakai. Kirim lagi untuk memperoleh nomor baru."),
    "TICKET_UNKNOWN": Refusal("missing", "Pengaduan tidak ditemukan. Periksa nomornya."),
    "TICKET_STATE": Refusal("conflict", "Langkah ini tidak dapat dilakukan pada keadaan pengaduan sekarang ({state})."),
    "TOPIC_UNKNOWN": Refusal("invalid", "Pokok pengaduan tidak dikenal. Pilih dari daftar."),
    "CAME_BY_UNKNOWN": Refusal("invalid", "Cara pengaduan tidak dikenal. Pilih datang, WhatsApp, telepon, atau surat."),
    "REASON_UNKNOWN": Refusal("invalid", "Alasan penutupan tidak dikenal. Pilih dari daftar."),
    "REPLY_TOO_LATE": Refusal("closed", "Batas waktu balasan sudah lewat. Buka pengaduan baru bila masih perlu."),
    "LAST_LEVEL": Refusal("closed", "Pengaduan ini sudah dijawab kepala dinas. Arahkan ke pelaksana program pusat."),
}
"""Code -> what it means to a person; shared.web.problems makes problem documents of it."""
