"""Every refusal of this service: what it asks of the caller, and an Indonesian sentence that says what to do."""

from __future__ import annotations

from shared.contracts.decision import Refusal
from shared.security import one_time_codes

REFUSALS: dict[str, Refusal] = {
    **one_time_codes.REFUSALS,
    # participation
    "PARTICIPANT_UNKNOWN": Refusal(
        "missing", "Data peserta tidak ditemukan. Periksa kembali nomor dan kode lacak Anda, atau hubungi kantor kami."
    ),
    "PARTICIPATION_ENDED": Refusal(
        "closed",
        "Kepesertaan ini sudah berakhir. Bila menurut Anda keliru, ajukan keberatan melalui halaman status Anda.",
    ),
    "CODE_WRONG": Refusal(
        "forbidden", "Kode sekali pakai salah atau sudah tidak berlaku. Mintalah kode baru, lalu coba lagi."
    ),
    "REPAYMENT_ABOVE_DEBT": Refusal(
        "invalid", "Jumlah pengembalian melebihi sisa kewajiban {debt_rupiah} rupiah. Periksa kembali tanda terimanya."
    ),
    "RECEIPT_KNOWN": Refusal(
        "conflict", "Tanda terima ini sudah dicatat untuk peserta ini. Muat ulang halamannya; periksa nomornya."
    ),
    "REFUND_ABOVE_REPAID": Refusal(
        "invalid",
        "Yang masih harus dikembalikan kepada peserta ini {left_rupiah} rupiah. Periksa kembali tanda terimanya.",
    ),
    "DEBT_UNKNOWN": Refusal("missing", "Tidak ada yang harus dikembalikan oleh peserta ini. Muat ulang halamannya."),
    "PLAN_AGREED": Refusal(
        "conflict", "Rencana cicilan sudah disetujui. Catat pembayarannya; rencana baru hanya bila yang ini berakhir."
    ),
    "PLAN_TOO_LONG": Refusal("invalid", "Pengembalian dapat dicicil 2 sampai {most} kali. Pilihlah jumlah yang lain."),
    "PLAN_DATE_WRONG": Refusal(
        "invalid", "Cicilan pertama harus sesudah hari ini dan paling lambat {last}. Pilihlah tanggal yang lain."
    ),
    "PLAN_NOT_PROPOSED": Refusal(
        "conflict", "Tidak ada rencana cicilan yang menunggu keputusan. Muat ulang halamannya."
    ),
    "PLAN_CHANGED": Refusal(
        "conflict", "Rencana atau sisa kewajiban tidak sama dengan yang Anda lihat. Periksa kembali sebelum menyetujui."
    ),
    # purchases
    "COURSE_UNKNOWN": Refusal("missing", "Pelatihan ini tidak ada di katalog. Pilihlah pelatihan lain dari daftar."),
    "COURSE_WITHDRAWN": Refusal(
        "closed", "Pelatihan ini tidak dijual lagi. Pilihlah pelatihan lain; yang sudah Anda beli tetap berlaku."
    ),
    "PRICE_CHANGED": Refusal(
        "conflict",
        "Harga pelatihan ini baru saja berubah menjadi {price_rupiah} rupiah. Periksa harganya, "
        "lalu beli lagi bila setuju.",
    ),
    "PERSON_NOT_PRESENT": Refusal(
        "invalid", "Tindakan ini hanya untuk peserta yang hadir. Centang bahwa ia hadir dan setuju, lalu kirim lagi."
    ),
    "CATALOGUE_FILE_WRONG": Refusal(
        "invalid",
        "Berkas katalog tidak dapat dipakai. Unggah berkas CSV (UTF-8, paling banyak 1 MB dan 5.000 baris) "
        "dengan semua kolomnya.",
    ),
    "CATALOGUE_CHANGED": Refusal(
        "conflict",
        "Katalog atau daftar ini tidak sama lagi dengan pratinjaunya. Mintalah pratinjau baru, lalu terapkan itu.",
    ),
    "TOO_MANY_OPENINGS": Refusal(
        "conflict", "Dalam satu jam paling banyak data 30 orang dapat dibuka. Lanjutkan pada jam berikutnya."
    ),
    "COURSE_MODE_NOT_ALLOWED": Refusal(
        "invalid", "Cara belajar pelatihan ini belum diizinkan oleh aturan gelombang Anda. Pilihlah pelatihan daring."
    ),
    "PLATFORM_NOT_ALLOWED": Refusal(
        "invalid", "Platform ini bukan mitra resmi gelombang Anda. Pilihlah pelatihan di platform lain."
    ),
    "COURSE_ALREADY_BOUGHT": Refusal(
        "conflict", "Pelatihan ini sudah Anda beli. Kode penukarannya ada di halaman status Anda."
    ),
    "COURSE_ABOVE_BALANCE": Refusal(
        "invalid",
        "Harga pelatihan {price_rupiah} rupiah melebihi saldo Anda {balance_rupiah} rupiah. "
        "Pilihlah pelatihan yang harganya tidak melebihi saldo.",
    ),
    "TOP_UP_NOT_ACCEPTED": Refusal(
        "invalid",
        "Harga pelatihan {price_rupiah} rupiah melebihi saldo {balance_rupiah} rupiah. Setujui penambahan "
        "{top_up_rupiah} rupiah dari uang sendiri, atau pilih pelatihan lain.",
    ),
    "BALANCE_CLOSED": Refusal(
        "closed", "Masa pakai saldo pelatihan sudah lewat. Hubungi kantor kami bila Anda memerlukan penjelasan."
    ),
    "REDEEM_CODE_TAKEN": Refusal("conflict", "Pembelian belum berhasil. Silakan coba sekali lagi."),
    # partner interface and claims
    "REDEEM_CODE_UNKNOWN": Refusal("missing", "Kode penukaran tidak dikenal. Periksa kembali kode yang dikirim."),
    "REDEEM_CODE_OF_OTHER_PLATFORM": Refusal(
        "forbidden", "Kode penukaran ini untuk platform lain. Mintalah peserta menukarkannya di platform yang benar."
    ),
    "REDEEM_CODE_USED": Refusal("conflict", "Kode penukaran sudah dipakai. Periksa statusnya sebelum mengirim lagi."),
    "REDEEM_CODE_EXPIRED": Refusal(
        "closed", "Kode penukaran sudah lewat batas waktu. Peserta perlu membeli lagi untuk mendapat kode baru."
    ),
    "REDEEM_CODE_NOT_USED": Refusal(
        "conflict", "Kode penukaran belum dipakai, sehingga pelatihan belum dapat dinyatakan selesai. Tukarkan dahulu."
    ),
    "SEQUENCE_WRONG": Refusal("conflict", "Urutan kehadiran tidak sesuai. Kirim kehadiran secara berurutan."),
    "CLAIM_ID_REUSED": Refusal(
        "conflict", "Nomor klaim ini sudah dipakai untuk isi yang berbeda. Gunakan nomor baru untuk klaim baru."
    ),
    "CLAIM_FOR_OTHER_COURSE": Refusal(
        "conflict", "Kode pelatihan pada klaim berbeda dari pelatihan yang dibeli. Perbaiki, lalu kirim lagi."
    ),
    "FINISHED_BEFORE_PURCHASE": Refusal(
        "invalid", "Tanggal selesai lebih awal dari tanggal pembelian. Perbaiki, lalu kirim lagi."
    ),
    "FINISHED_IN_FUTURE": Refusal("invalid", "Tanggal selesai belum terjadi. Kirim klaim setelah pelatihan selesai."),
    "CERTIFICATE_USED": Refusal(
        "conflict", "Nomor sertifikat ini sudah tercatat untuk peserta lain. Periksa kembali nomor sertifikatnya."
    ),
    "QUOTA_EXCEEDED": Refusal(
        "conflict", "Jumlah klaim jam ini sudah mencapai batas platform Anda. Kirim lagi klaim ini pada jam berikutnya."
    ),
    "COMPLETION_NOT_DOUBTED": Refusal(
        "conflict", "Penyelesaian pelatihan ini tidak sedang diperiksa. Muat ulang halamannya."
    ),
    "CERTIFICATE_DIFFERS": Refusal(
        "conflict", "Sertifikat lain sudah tercatat untuk pelatihan ini. Hubungi kantor kami untuk memperbaikinya."
    ),
    # reviews and surveys
    "COURSE_NOT_FINISHED": Refusal(
        "conflict", "Pelatihan ini belum tercatat selesai. Selesaikan pelatihan dan tunggu laporan dari platform."
    ),
    "REVIEW_GIVEN": Refusal(
        "conflict", "Ulasan untuk pelatihan ini sudah kami terima. Anda tidak perlu mengisinya lagi."
    ),
    "RATING_WRONG": Refusal("invalid", "Beri nilai 1 sampai 5 dan pilih aspek dari daftar yang tersedia."),
    "SURVEY_NOT_OPEN": Refusal(
        "conflict", "Survei ini belum dibuka. Survei dibuka setelah insentif pertama dan survei sebelumnya selesai."
    ),
    "SURVEY_ANSWERED": Refusal("conflict", "Survei ini sudah Anda isi. Terima kasih."),
    "SURVEY_CLOSED": Refusal(
        "closed", "Batas waktu survei ini sudah lewat, sehingga jawaban tidak dapat diterima lagi."
    ),
    "SURVEY_ANSWERS_WRONG": Refusal("invalid", "Jawablah semua pertanyaan dengan salah satu pilihan yang tersedia."),
    # payout account
    "PAYMENT_PARTNER_UNKNOWN": Refusal("invalid", "Mitra pembayaran ini tidak tersedia. Pilihlah salah satu: {known}."),
    "ACCOUNT_NUMBER_WRONG": Refusal(
        "invalid", "Nomor rekening terdiri atas 8 sampai 20 angka. Periksa kembali nomornya."
    ),
    "ACCOUNT_SAME": Refusal(
        "conflict", "Rekening ini sudah tersambung. Mintalah pemeriksaan ulang bila datanya di bank sudah diperbaiki."
    ),
    "ACCOUNT_SHARED_BY_MANY": Refusal(
        "forbidden", "Rekening ini sudah disambungkan oleh banyak orang. Gunakan rekening atas nama Anda sendiri."
    ),
    "ACCOUNT_NOT_LINKED": Refusal("conflict", "Belum ada rekening yang tersambung. Sambungkan rekening lebih dahulu."),
    "CHECK_RUNNING": Refusal(
        "conflict", "Pemeriksaan rekening sedang berjalan. Tunggu hasilnya di halaman status Anda."
    ),
    # payouts
    "BATCH_EXISTS": Refusal("conflict", "Daftar pembayaran dengan nomor ini sudah ada. Gunakan nomor lain."),
    "BATCH_UNKNOWN": Refusal("missing", "Daftar pembayaran tidak ditemukan. Periksa kembali nomornya."),
    "BATCH_NOT_PROPOSED": Refusal(
        "conflict", "Daftar pembayaran tidak sedang menunggu persetujuan (keadaannya: {state}). Muat ulang halamannya."
    ),
    "BATCH_CHANGED": Refusal(
        "conflict",
        "Daftar pembayaran tidak sama dengan yang Anda lihat: kini {lines} baris, {amount_rupiah} rupiah. "
        "Muat ulang dan periksa kembali sebelum menyetujui.",
    ),
    "SAME_PERSON": Refusal(
        "forbidden",
        "Yang menyusun atau mengusulkannya tidak boleh memutuskannya. Mintalah pejabat lain memeriksa dan memutuskan.",
    ),
    "FUNDS_NOT_AVAILABLE": Refusal(
        "conflict", "Dana belum mencukupi, kurang {missing_rupiah} rupiah. Catat dana yang masuk, lalu setujui lagi."
    ),
    "DEPOSIT_EXISTS": Refusal("conflict", "Penerimaan dana dengan nomor dokumen ini sudah tercatat."),
    "CAUSE_UNKNOWN": Refusal("missing", "Sebab keterlambatan ini tidak dikenal. Pilihlah dari daftar keterlambatan."),
    "PAYMENT_UNKNOWN": Refusal("missing", "Pembayaran tidak ditemukan. Periksa kembali nomor referensinya."),
    "PAYMENT_NOT_FAILED": Refusal("conflict", "Hanya pembayaran yang gagal atau dikembalikan yang dapat diulang."),
    # statement lines
    "LINE_UNKNOWN": Refusal("missing", "Baris rekening koran ini tidak ditemukan. Muat ulang daftarnya."),
    "LINE_EXPLAINED": Refusal(
        "conflict", "Baris ini sudah dijelaskan atau sedang menunggu pemeriksaan. Muat ulang daftarnya."
    ),
    "LINE_NOT_PROPOSED": Refusal("conflict", "Belum ada penjelasan yang perlu diperiksa pada baris ini."),
    "PROOF_UNKNOWN": Refusal(
        "invalid", "Bukti yang disebut tidak ada di catatan kami. Periksa nomor referensi atau nomor dokumen dananya."
    ),
    "PROOF_DIFFERS": Refusal(
        "conflict", "Jumlah atau arah uang pada bukti berbeda dari baris rekening koran. Pilih bukti yang cocok."
    ),
    "PROOF_USED": Refusal("conflict", "Bukti ini sudah menjelaskan baris lain. Satu bukti hanya untuk satu baris."),
    "PAID_TWICE": Refusal(
        "conflict",
        "Insentif ini sudah, atau mungkin sudah, dibayar lewat percobaan lain. "
        "Mintalah bank mengembalikan salah satunya, lalu catat bahwa uangnya sudah kembali.",
    ),
    "AMOUNT_DIFFERS": Refusal("conflict", "Jumlahnya bukan jumlah pembayaran itu ({amount_rupiah} rupiah)."),
    "PAYMENT_NOT_OPEN": Refusal(
        "conflict", "Tidak ada yang perlu diputuskan pada pembayaran ini. Muat ulang halamannya."
    ),
}
"""Code -> what it means. The sentences may hold `{names}` of the refusal's details."""
