"""How pages call what the rules call by codes: answers to choose from, stages, conditions, and sentences for a form."""

from __future__ import annotations

from services.registration.domain.refusals import REFUSALS
from shared.contracts.decision import Refused
from shared.web.problems import sentence
from shared.web.questions import Options

YES_NO: Options = {"ya": "Ya", "tidak": "Tidak"}
SEX: Options = {"P": "Perempuan", "L": "Laki-laki"}
EDUCATION: Options = {
    "NONE": "Tidak sekolah atau belum tamat SD",
    "SD": "SD, MI, Paket A",
    "SMP": "SMP, MTs, Paket B",
    "SMA": "SMA, MA, Paket C",
    "SMK": "SMK",
    "DIPLOMA": "Diploma (D1 sampai D4)",
    "S1": "Sarjana (S1)",
    "S2": "Magister (S2)",
    "S3": "Doktor (S3)",
}
WORK_STATUS: Options = {
    "JOB_SEEKER": "Mencari kerja atau belum bekerja",
    "LAID_OFF": "Terkena PHK",
    "FURLOUGHED": "Dirumahkan",
    "WORKER_NEEDING_SKILLS": "Bekerja, ingin menambah keterampilan",
    "NON_WAGE_WORKER": "Pekerja lepas, ojek, petani, nelayan",
    "MICRO_SMALL_BUSINESS": "Usaha kecil atau pedagang",
    "OTHER": "Lainnya",
}
HEARD_FROM: Options = {
    "FRIENDS": "Teman, keluarga, atau tetangga",
    "OFFICE": "Kantor dinas, kelurahan, atau kecamatan",
    "WHATSAPP": "WhatsApp",
    "FACEBOOK": "Facebook",
    "INSTAGRAM": "Instagram",
    "FLYER": "Selebaran atau spanduk",
    "PRESS": "Televisi, radio, atau koran",
    "INTERNET": "Internet",
    "OTHER": "Lainnya",
}
TOPICS: Options = {
    "REGISTRATION": "Cara mendaftar",
    "DATA": "Data saya keliru",
    "SELECTION": "Seleksi dan gelombang",
    "TRAINING": "Memilih atau mengikuti pelatihan",
    "INCENTIVE": "Insentif",
    "EMAIL_OR_WALLET": "Membuat e-mail atau dompet elektronik",
}
STAGES = (
    ("Pendaftaran", "Data diri dikirim dan diperiksa"),
    ("Seleksi", "Tes singkat, gabung gelombang, undian"),
    ("Pilih pelatihan", "Beli pelatihan dengan saldo kartu"),
    ("Ikuti pelatihan", "Selesaikan dan terima sertifikat"),
    ("Ulasan dan rating", "Nilai pelatihan Anda"),
    ("Insentif pasca pelatihan", "Dibayarkan setelah pelatihan selesai"),
    ("Insentif survei", "Dibayarkan setelah mengisi survei"),
)
CONDITIONS: Options = {
    "CITIZENSHIP": "Warga negara Indonesia",
    "MINIMUM_AGE": "Sudah cukup umur",
    "MAXIMUM_AGE": "Belum melewati batas umur",
    "FORMAL_EDUCATION": "Tidak sedang sekolah atau kuliah",
    "DECLARED_OFFICIAL": "Menyatakan bukan pejabat atau aparatur",
    "LISTED_OFFICIAL": "Tidak ada dalam daftar pejabat dan aparatur",
    "OTHER_AID": "Tidak sedang menerima bantuan lain yang dikecualikan",
    "PREVIOUS_RECIPIENT": "Belum pernah menerima Kartu Prakerja",
    "TARGET_GROUP": "Status kerja termasuk kelompok sasaran",
    "HOUSEHOLD_LIMIT": "Jumlah penerima dalam satu KK belum penuh",
    "IDENTITY": "Identitas dapat dipastikan",
}

FOR_FORMS: Options = {
    "NIK_FORMAT": "NIK terdiri atas 16 angka dan memuat tanggal lahir. Cocokkan lagi dengan KTP Anda.",
    "DATE_FORMAT": "Tanggal ini tidak ada di kalender. Periksa hari, bulan, dan tahunnya.",
    "SEX_UNKNOWN": "Pilih salah satu.",
    "DISTRICT_UNKNOWN": "Pilih kecamatan dari daftar.",
    "EDUCATION_UNKNOWN": "Pilih pendidikan dari daftar.",
    "WORK_STATUS_UNKNOWN": "Pilih status kerja dari daftar.",
    "TEXT_FORMAT": "Isian ini terlalu panjang atau berisi tanda yang tidak dapat dicetak. Ketik ulang lebih singkat.",
    "APPLICANT_UNKNOWN": "Kode lacak ini tidak dikenal. Periksa kembali huruf dan angkanya.",
    "IDEMPOTENCY_KEY_REUSED": "Pendaftaran Anda sudah kami terima sebelum isian ini diubah. Minta kode lacak baru, "
    "lalu perbaiki datanya dari halaman status.",
}
"""What a form says instead of the sentence that speaks to programs and to those who fill in sheets."""


def told(refused: Refused) -> str:
    """The sentence of a refusal, as a page shows it."""
    return FOR_FORMS.get(refused.code) or sentence(refused, REFUSALS)
