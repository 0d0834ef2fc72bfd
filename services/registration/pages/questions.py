"""The questions of the application form in their steps, how each is checked, and the application they make together.

Every check is the reader of the door itself (api/sealing.py); here stands only what is asked and in which words.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.registration.api import sealing
from services.registration.api.bodies import ApplicationBody, Declarations
from services.registration.domain import nik, plain_text
from services.registration.domain.places import Places
from services.registration.pages import words
from services.registration.pages.words import told
from shared.contracts.decision import Refused
from shared.web.questions import Kind as Kind
from shared.web.questions import Question as Question
from shared.web.questions import Values as Values
from shared.web.questions import answer as answer
from shared.web.questions import names as names
from shared.web.questions import picked as picked

ELSEWHERE = "-"
"""The choice of who lives in no kecamatan of the city, or does not know it: staff find it out."""


NIK = Question("nik", "digits", "NIK", "Tulis 16 angka NIK yang ada di KTP.", "16 angka, seperti pada KTP", 40, "off")
KK = Question(
    "kk_number",
    "digits",
    "Nomor Kartu Keluarga",
    "Tulis 16 angka nomor KK. Letaknya di bagian atas Kartu Keluarga.",
    "16 angka, di bagian atas Kartu Keluarga",
    40,
    "off",
)
BIRTH = Question(
    "birth_date", "day", "Tanggal lahir", "Isi hari, bulan, dan tahun lahir Anda.", "Seperti pada KTP", 10, "bday"
)
NAME = Question(
    "full_name", "text", "Nama lengkap", "Tulis nama lengkap Anda seperti pada KTP.", "Seperti pada KTP", 100, "name"
)
SEX = Question("sex", "radio", "Jenis kelamin", "Pilih salah satu.", options=words.SEX)
MOBILE = Question(
    "mobile",
    "tel",
    "Nomor ponsel",
    "Tulis nomor ponsel yang masih aktif; kode dan kabar dikirim ke sana.",
    "Kode sekali pakai dan kabar dikirim ke nomor ini. Contoh: 0812 3456 7890",
    40,
    "tel",
)
EMAIL = Question(
    "email",
    "email",
    "Alamat e-mail",
    "Tulis alamat e-mail Anda. Belum punya? Petugas kami membantu membuatnya.",
    "Belum punya? Datanglah ke kantor, petugas membantu membuatnya.",
    254,
    "email",
)
DOMICILE = Question(
    "domicile",
    "area",
    "Alamat tempat tinggal sekarang",
    "Tulis jalan, nomor, dan kelurahan tempat Anda tinggal sekarang.",
    "Boleh berbeda dari alamat KTP",
    300,
    "street-address",
)
EDUCATION = Question(
    "last_education", "select", "Pendidikan terakhir", "Pilih pendidikan terakhir Anda.", options=words.EDUCATION
)
WORK = Question("work_status", "select", "Status kerja sekarang", "Pilih status kerja Anda.", options=words.WORK_STATUS)
TRAINING = Question(
    "desired_training",
    "text",
    "Pelatihan yang diinginkan",
    "Tulis pelatihan yang Anda minati, misalnya menjahit atau komputer.",
    "Contoh: barista, menjahit, komputer. Boleh diganti nanti.",
    200,
    "off",
)
HEARD = Question(
    "heard_from",
    "select",
    "Dari mana Anda tahu program ini?",
    "Pilih dari mana Anda tahu program ini.",
    options=words.HEARD_FROM,
)
COVID = Question(
    "covid_affected",
    "radio",
    "Apakah pekerjaan atau usaha Anda terdampak Covid-19?",
    "Pilih ya atau tidak.",
    options=words.YES_NO,
)
MIGRANT = Question("migrant", "tick", "Saya pernah bekerja di luar negeri sebagai pekerja migran (PMI)")
CITIZEN = Question(
    "citizen", "radio", "Apakah Anda warga negara Indonesia?", "Pilih ya atau tidak.", options=words.YES_NO
)
LEARNING = Question(
    "learning", "radio", "Apakah Anda sedang sekolah atau kuliah?", "Pilih ya atau tidak.", options=words.YES_NO
)
OFFICIAL = Question(
    "official",
    "radio",
    "Apakah Anda pejabat negara, anggota DPRD, ASN, TNI, Polri, kepala atau perangkat desa, "
    "atau direksi dan komisaris BUMN/BUMD?",
    "Pilih ya atau tidak.",
    options=words.YES_NO,
)
CONSENT = Question(
    "consent",
    "tick",
    "Saya setuju dikirimi informasi program lain dari dinas",
    hint="Boleh tidak dicentang. Kabar tentang pendaftaran Anda sendiri tetap dikirim.",
)


def kecamatan(places: Places) -> Question:
    """The kecamatan of the office's city by name."""
    codes = sorted(places.kecamatan.values(), key=lambda code: places.names[code])
    options = {**{code: places.names[code] for code in codes}, ELSEWHERE: "Di luar Kota Medan atau tidak tahu"}
    return Question("district_code", "select", "Kecamatan tempat tinggal", "Pilih kecamatan Anda.", options=options)


Steps = Sequence[tuple[str, Sequence[Question]]]


def steps(places: Places) -> Steps:
    """Title and questions of each step; checking and sending come after them."""
    return (
        ("Identitas", (NIK, KK, NAME, BIRTH, SEX)),
        ("Kontak dan tempat tinggal", (MOBILE, EMAIL, DOMICILE, kecamatan(places))),
        ("Pendidikan, kerja, pelatihan", (EDUCATION, WORK, COVID, MIGRANT, TRAINING, HEARD)),
        ("Pernyataan", (CITIZEN, LEARNING, OFFICIAL, CONSENT)),
    )


def errors(questions: Sequence[Question], values: Values) -> dict[str, str]:
    """Name of a question -> what is wrong with its answer and what to do, in the order of the page."""
    found = {question.name: _error(question, answer(question, values)) for question in questions}
    return {name: sentence for name, sentence in found.items() if sentence}


def _error(question: Question, given: str) -> str:
    if not given:
        return question.missing
    if question.options:
        return "" if given in question.options else question.missing
    if len(given) > question.most:
        return words.FOR_FORMS["TEXT_FORMAT"]
    try:
        if question.name in sealing.FIELDS:
            sealing.read(question.name, given)
        else:
            plain_text.clean(given, question.most)
    except Refused as refused:
        return told(refused)
    return ""


def identity_errors(values: Values, places: Places) -> dict[str, str]:
    """What NIK and birth date say only together: a NIK whose date is in no calendar."""
    try:
        nik.parse(sealing.read("nik", answer(NIK, values)), places.names, sealing.read("birth_date", _iso(values)))
    except Refused as refused:
        return {NIK.name: told(refused)}
    return {}


def _iso(values: Values) -> str:
    return str(sealing.read(BIRTH.name, answer(BIRTH, values)))


def body_of(values: Values) -> ApplicationBody:
    """The application that all answers make; each was checked before."""
    given = {question.name: answer(question, values) for _, asked in steps_of_names() for question in asked}
    district = values.get("district_code", ELSEWHERE)
    return ApplicationBody(
        **{name: given[name] for name in ("full_name", "nik", "kk_number", "sex", "email", "mobile", "domicile")},
        **{name: given[name] for name in ("last_education", "work_status", "desired_training", "heard_from")},
        birth_date=_iso(values),
        district_code=None if district == ELSEWHERE else district,
        covid_affected=values.get("covid_affected") == "ya",
        group="FORMER_MIGRANT_WORKER" if values.get("migrant") else None,
        declarations=Declarations(
            citizen=values.get("citizen") == "ya",
            not_in_formal_education=values.get("learning") == "tidak",
            not_an_official=values.get("official") == "tidak",
        ),
        consent=bool(values.get("consent")),
    )


def steps_of_names() -> Steps:
    """The steps without the names of places."""
    return steps(Places("", {}, {}, {}))
