"""The terms in which registration speaks: bounded values, what people call fields, and what its events share."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.base import MAX_RUPIAH, Event

Id = Annotated[str, Field(min_length=1, max_length=64)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.@:+-]+$")]
Text = Annotated[str, Field(max_length=500)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 or HMAC-SHA256 as lower-case hexadecimal."""
Point = Annotated[str, Field(pattern=r"^0[23][0-9a-f]{64}$")]
"""A point of the curve P-256, SEC 1 compressed, as lower-case hexadecimal."""
Signature = Annotated[str, Field(pattern=r"^[0-9a-f]{96}$")]
"""A signature of a drand round on BLS12-381 G1, as lower-case hexadecimal."""
ShareSignature = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]
"""ECDSA on P-256 with SHA-256: r and s, 64 hexadecimal digits each."""
Kecamatan = Annotated[str, Field(pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$")]
"""Kemendagri code, such as 12.71.05 (Medan Barat). Never the BPS code."""
Count = Annotated[int, Field(ge=0, le=10**9)]
WaveNumber = Annotated[int, Field(ge=1, le=9999)]
Rupiah = Annotated[int, Field(ge=0, le=MAX_RUPIAH)]

Channel = Literal["online", "offline_individual", "offline_collective"]
Sex = Literal["M", "F"]
AgeBand = Literal["18-24", "25-34", "35-44", "45-54", "55-64", "65+"]
Actor = Literal["applicant", "staff", "system"]
ConsultationWay = Literal["visit", "phone", "whatsapp"]
ConsultationPhase = Literal["before", "during", "after"]
TestResult = Literal["taken", "recorded", "waived"]

FIELD_NAMES: dict[str, str] = {
    "full_name": "nama lengkap",
    "nik": "NIK",
    "kk_number": "nomor KK",
    "birth_date": "tanggal lahir",
    "sex": "jenis kelamin",
    "email": "alamat e-mail",
    "mobile": "nomor ponsel",
    "domicile": "alamat domisili",
    "kecamatan": "kecamatan",
    "education": "pendidikan terakhir",
    "work_status": "status kerja",
    "desired_training": "pelatihan yang diinginkan",
    "covid_affected": "dampak Covid-19",
    "group": "kelompok",
    "consent_campaigns": "persetujuan menerima informasi program",
    "citizen": "pernyataan kewarganegaraan",
    "not_in_formal_education": "pernyataan tidak sedang sekolah",
    "not_an_official": "pernyataan bukan pejabat",
    "tracking_code": "kode lacak",
}
"""How a person calls the fields that `IdentityQuestioned.fields` and `ApplicantCorrected.fields` name."""


class RegistrationEvent(Event):
    """Common part of all that registration says; not an event itself."""

    source: ClassVar[str] = "registration"


class PersonEvent(RegistrationEvent):
    """A fact about one applicant; the record key is the applicant."""

    applicant_id: Id


class WaveEvent(RegistrationEvent):
    """A fact about one wave (gelombang); the record key is `wave-<number>`."""

    wave: WaveNumber

    @property
    def subject(self) -> str:
        return f"wave-{self.wave}"


class StratumQuota(BaseModel):
    """Seats set aside for one group of a wave, in the order in which groups are served."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    code: Code
    quota: Count


class StratumCount(StratumQuota):
    """A group of the frozen list: its seats and how many people stand in it."""

    members: Count


class OfficialCommitment(BaseModel):
    """An official of a draw: who it is, and the points by which everybody can check the secret and its shares."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    name: Text
    points: tuple[Point, ...]
    """The first is the commitment: the public key whose private key is the secret."""
    acknowledged_by: tuple[Text, ...]
    """Officials who checked the share of the secret that they hold."""
    signatures: tuple[ShareSignature, ...] = ()
    """Theirs over that, in the same order, each under the holder's own commitment; none before `gelombang-draw-3`."""


class Features(BaseModel):
    """The features of a person that may be counted in clear."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    sex: Sex
    age_band: AgeBand
    kecamatan: Kecamatan | None = None
    """None: not known yet, a task for staff."""
    education: Code
    work_status: Code
    covid_affected: bool | None = None
    """None: the collective sheet does not ask."""
    group: Code | None = None
    """Category of the rule file, such as FORMER_MIGRANT_WORKER."""
