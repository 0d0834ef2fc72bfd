"""Between a form in clear and what is stored: sealed fields and blind indexes. Only the door opens and seals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.registration.api.bodies import ApplicationBody, CorrectionFields
from services.registration.domain import choices, imports, names, nik, plain_text
from services.registration.domain.applicant import Applicant, Indexes, Personal
from services.registration.domain.intake import Form
from services.registration.domain.likeness import NameMark, Traces
from shared.security.tracking_codes import new_tracking_code as new_tracking_code
from shared.security.tracking_codes import tracking_index as tracking_index
from shared.security.vault import PersonKey, Vault

_READERS: Mapping[str, tuple[str, Any]] = {
    "full_name": ("full_name", lambda text: plain_text.clean(text, 100)),
    "nik": ("nik", nik.normalise),
    "kk_number": ("kk_number", nik.normalise_kk),
    "birth_date": ("birth_date", imports.day),
    "sex": ("sex", choices.sex),
    "email": ("email", plain_text.email),
    "mobile": ("mobile", plain_text.mobile),
    "domicile": ("domicile", lambda text: plain_text.clean(text, 300)),
    "district_code": ("kecamatan", imports.area_code),
    "last_education": ("education", choices.education),
    "work_status": ("work_status", choices.work_status),
    "desired_training": ("desired_training", lambda text: plain_text.clean(text, 200)),
    "group": ("group", choices.group),
    "heard_from": ("heard_from", choices.heard_from),
    "covid_affected": ("covid_affected", bool),
    "consent": ("consent_campaigns", bool),
}
"""Field of a body -> field of the form, and how it is read. Raises Refused with the field's own code."""


def form_of(body: ApplicationBody) -> Form:
    """A form from a request. Raises Refused NIK_FORMAT, DATE_FORMAT, EMAIL_FORMAT and the like."""
    return Form(**_read(body), **body.declarations.model_dump())


def changes_of(body: CorrectionFields) -> dict[str, Any]:
    """Form fields that a correction names, read like those of a new form."""
    return _read(body)


def _read(body: ApplicationBody | CorrectionFields) -> dict[str, Any]:
    values = {name: getattr(body, name, None) for name in _READERS}
    return {field: reader(values[name]) for name, (field, reader) in _READERS.items() if values[name] is not None}


FIELDS = frozenset(_READERS)


def read(name: str, value: Any) -> Any:
    """One field of a body as the form takes it. Raises Refused with the field's own code."""
    return _READERS[name][1](value)


def proof_index(vault: Vault, nik_number: str, kk_number: str, birth_date: date) -> str:
    """Blind index of what only the person (or a close relative) knows together."""
    return vault.index("nik", f"{nik_number}|{kk_number}|{birth_date.isoformat()}")


def code_digest(vault: Vault, applicant_id: str, purpose: str, code: str) -> str:
    """Keyed hash of a one-time code; one for another person or purpose is another hash."""
    return vault.index("tracking", f"{applicant_id}|{purpose}|{code}")


def sealed(key: PersonKey, form: Form, tracking_code: str) -> Personal:
    """The personal fields of a form under the person's key."""
    return Personal(
        full_name=key.seal("full_name", form.full_name),
        nik=key.seal("nik", form.nik),
        kk_number=key.seal("kk_number", form.kk_number),
        birth_date=key.seal("birth_date", form.birth_date.isoformat()),
        domicile=key.seal("domicile", form.domicile),
        tracking_code=key.seal("tracking_code", tracking_code),
        email=key.seal("email", form.email),
        mobile=key.seal("mobile", form.mobile),
        desired_training=key.seal("desired_training", form.desired_training),
    )


def indexes(vault: Vault, form: Form, tracking_code: str, device: str = "") -> Indexes:
    """The blind indexes of a form; `device` is the number of the browser it came from."""
    return Indexes(
        nik=vault.index("nik", form.nik),
        proof=proof_index(vault, form.nik, form.kk_number, form.birth_date),
        kk=vault.index("kk", form.kk_number),
        tracking=tracking_index(vault, tracking_code),
        name_birth=vault.index("name_birth", f"{plain_text.name_key(form.full_name)}|{form.birth_date.isoformat()}"),
        mobile=vault.index("mobile", form.mobile),
        email=vault.index("email", form.email.casefold()),
        traces=Traces(name_marks(vault, form), vault.index("device", device) if device else None),
    )


_MARK = 12
"""Letters of a mark: 48 bits, compared only among the few people of one birth date."""


def name_marks(vault: Vault, form: Form) -> tuple[NameMark, ...]:
    """The parts of a name as keyed hashes that also hold the birth date: common names do not show by their number."""
    born = form.birth_date.isoformat()

    def mark(text: str) -> str:
        return vault.index("name_part", f"{born}|{text}")[:_MARK]

    return tuple(
        NameMark(
            block=vault.index("name_block", f"{born}|{word.text[0]}")[:32],
            exact=mark(word.text),
            near=tuple(mark(each) for each in names.nearby(word)),
            initial=word.initial,
            optional=word.optional,
        )
        for word in names.words(form.full_name)[:6]
    )


def opened(key: PersonKey, applicant: Applicant) -> tuple[Form, str]:
    """The form as it stands now, and the tracking code. Raises Unreadable for an erased person."""
    personal, profile = applicant.personal, applicant.profile
    form = Form(
        full_name=key.open("full_name", personal.full_name),
        nik=key.open("nik", personal.nik),
        kk_number=key.open("kk_number", personal.kk_number),
        birth_date=date.fromisoformat(key.open("birth_date", personal.birth_date)),
        email=key.open("email", personal.email) if personal.email else "",
        mobile=key.open("mobile", personal.mobile) if personal.mobile else "",
        domicile=key.open("domicile", personal.domicile),
        education=profile.education,
        work_status=profile.work_status,
        desired_training=key.open("desired_training", personal.desired_training) if personal.desired_training else "",
        sex=profile.sex,
        kecamatan=profile.kecamatan,
        covid_affected=profile.covid_affected,
        group=profile.group,
        heard_from=profile.heard_from,
        citizen=profile.citizen,
        not_in_formal_education=profile.not_in_formal_education,
        not_an_official=profile.not_an_official,
        consent_campaigns=profile.consent_campaigns,
    )
    return form, key.open("tracking_code", personal.tracking_code)


def corrected(form: Form, changes: Mapping[str, Any]) -> tuple[Form, tuple[str, ...]]:
    """The form after a correction, and the names of the fields that really differ.

    A new address may name another kecamatan, so the old one does not stay unless it is given.
    """
    if "domicile" in changes and "kecamatan" not in changes:
        form = replace(form, kecamatan=None)
    after = replace(form, **changes)
    return after, tuple(name for name in changes if getattr(after, name) != getattr(form, name))
