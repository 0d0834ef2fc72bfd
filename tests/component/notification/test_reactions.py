"""Every event that people must hear of, delivered twice, is one message."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from services.notification.reactions import TO_THE_CITY, TO_THE_PERSON
from services.notification.settings import NotificationSettings
from shared.contracts.base import Event
from shared.contracts.registration import ApplicantCorrected, ApplicantRegistered, IdentityErased
from shared.engine.ports import Delete
from shared.security.vault import Vault
from tests.component.notification import samples
from tests.component.notification.stage import ANNA, Stage, virtual
from tests.fakes import MemoryDatabase, MemoryStore

DATA = NotificationSettings().messages_directory
_ANYBODY = Vault(MemoryDatabase(MemoryStore()), b"m" * 32, b"i" * 32).new_key(ANNA)
KINDS = [f"{i:02d}-{type(event).__name__}" for i, event in enumerate(samples.all_of(_ANYBODY))]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_event_that_a_text_names_has_a_sample_and_a_reaction() -> None:
    named = {row["event"] for row in rows("messages_id.csv")} - {"", "TicketOpened", "TicketAnswered"}
    heard = {kind.__name__ for kind in (*TO_THE_PERSON, *TO_THE_CITY, ApplicantRegistered, ApplicantCorrected)}
    assert named <= heard
    assert {type(event) for event in samples.all_of(_ANYBODY)} == set(TO_THE_PERSON)
    assert heard == {row["event"] for row in rows("routing.csv")} - {"TicketOpened", "TicketAnswered"}


@pytest.mark.parametrize("place", range(len(KINDS)), ids=KINDS)
def test_an_event_delivered_twice_is_one_message(stage: Stage, place: int) -> None:
    async def scenario() -> None:
        key = await stage.person()
        event = samples.all_of(key)[place]
        stage.say(samples.registered(key))
        said = stage.say(event, at=timedelta(seconds=1))
        for record in said:
            stage.append(record)  # the relay published it again
        stage.say(event, at=timedelta(seconds=1))  # and the same fact under a new number
        await stage.play()
        assert [state for _, _, state, _ in stage.states()] == ["sent", "sent"]
        assert len(stage.files()) == 2
        assert stage.alarms() == {}
        assert stage.letters() == 0
        assert [kind for kind, _ in stage.heard()] == ["MessageSent", "MessageSent"]
        assert "{" not in "".join(stage.texts())

    virtual(scenario)


def test_two_reminders_of_equal_words_are_two_messages(stage: Stage) -> None:
    async def scenario() -> None:
        key = await stage.person()
        reminder = next(e for e in samples.all_of(key) if type(e).__name__ == "ReviewReminderDue")
        stage.say(samples.registered(key), reminder, reminder)
        await stage.play()
        assert len(stage.files()) == 3

    virtual(scenario)


def test_replaying_the_topics_from_the_beginning_sends_nothing_twice(stage: Stage) -> None:
    async def scenario() -> None:
        key = await stage.person()
        stage.say(*samples.all_of(key), samples.registered(key), samples.corrected(key, "+628120000999"))
        stage.say(samples.wave_opened(), samples.wave_changed())
        await stage.play()
        before = (stage.states(), stage.heard(), len(stage.store.documents("effects")))
        for path in stage.files():
            path.unlink()
        for feed in stage.store.documents("feeds"):  # as if the marks had been lost
            await _forget(stage, feed["_id"])
        await stage.play()
        assert (stage.states(), stage.heard(), len(stage.store.documents("effects"))) == before
        assert stage.files() == []

    virtual(scenario)


async def _forget(stage: Stage, feed: str) -> None:
    await stage.database.write([Delete("feeds", feed)])


def test_what_comes_before_the_registration_waits_for_it(stage: Stage) -> None:
    async def scenario() -> None:
        key = await stage.person()
        stage.say(*samples.all_of(key))
        await stage.play()
        assert stage.messages() == []
        stage.say(samples.registered(key))
        await stage.play()
        assert len(stage.messages()) == len(samples.all_of(key)) + 1
        # The code expired while it waited; everything else left.
        assert {m["template"] for m in stage.messages() if m["state"] != "sent"} <= {"code.one_time"}

    virtual(scenario)


def test_texts_are_for_people(stage: Stage) -> None:
    async def scenario() -> None:
        key = await stage.person()
        stage.say(samples.registered(key), *samples.all_of(key))
        await stage.play()
        texts = "\n".join(stage.texts())
        for part in (
            f"Kepada: {samples.MOBILE}",
            f"dengan nomor {samples.TRACKING} pada 3 April 2020 pukul 08.00 WIB",
            "memberi kabar melalui SMS",
            "data kependudukan: NIK dan tanggal lahir",
            "Nomor kartu Anda 4000123412341234. Saldo pelatihan Anda Rp 1.000.000",
            "Nomor urut undian Anda 6.000 dari 14.569",
            "Gelombang 2 yang Anda ikuti dibatalkan",
            "Alasan: Kuota dari pusat ditarik kembali. Pendaftaran Anda tetap tersimpan. Anda tidak perlu mengisi",
            "Kode Anda 314159, berlaku 5 menit",
            "sudah dibayarkan ke BNI ****1234",
            "17 April 2020 pukul 09.00, nomor antrean 3",
        ):
            assert part in texts

    virtual(scenario)


def test_nothing_personal_stands_in_clear_in_database_or_topic(stage: Stage) -> None:
    async def scenario() -> None:
        key = await stage.person()
        stage.say(samples.registered(key), samples.corrected(key, "+628120000999"), *samples.all_of(key))
        await stage.play()
        names = ("recipients", "messages", "one_time_texts", "effects", "journal", "feeds", "parked")
        kept = str([stage.store.documents(name) for name in names]) + str(stage.heard())
        for secret in (samples.NAME, samples.MOBILE, samples.EMAIL, samples.TRACKING, "314159", "BNI ••••", "0000999"):
            assert secret not in kept

    virtual(scenario)


def test_a_one_time_code_is_gone_from_our_states_once_it_was_sent(stage: Stage) -> None:
    async def scenario() -> None:
        key = await stage.person()
        stage.say(samples.registered(key), samples.code(key))
        await stage.play()
        assert stage.store.documents("one_time_texts") == []
        assert all(not effect["payload"]["sealed"] for effect in _effects(stage, "code.one_time"))
        stage.say(samples.code(key, life=timedelta(seconds=0)))
        await stage.play()
        assert ("code.one_time", "sms", "failed", "EXPIRED") in stage.states()
        assert stage.store.documents("one_time_texts") == []

    virtual(scenario)


def _effects(stage: Stage, template: str) -> list[dict[str, dict[str, str]]]:
    return [effect for effect in stage.store.documents("effects") if effect["payload"].get("template") == template]


def test_the_former_contact_hears_of_the_change_and_the_new_one_of_all_else(stage: Stage) -> None:
    async def scenario() -> None:
        key = await stage.person()
        paid = next(e for e in samples.all_of(key) if type(e).__name__ == "IncentivePaid")
        stage.say(samples.registered(key), samples.corrected(key, "+628120000999"))
        await stage.play()
        stage.say(paid)
        await stage.play()
        warned = next(text for text in stage.texts() if "Kontak pendaftaran" in text)
        assert warned.startswith(f"Kepada: {samples.MOBILE}\n")
        told = next(text for text in stage.texts() if "sudah dibayarkan" in text)
        assert told.startswith("Kepada: +628120000999\n")

    virtual(scenario)


def test_an_erased_person_is_told_nothing_more(stage: Stage) -> None:
    async def scenario() -> None:
        key = await stage.person()
        stage.say(samples.registered(key), IdentityErased(applicant_id=ANNA, erased_at=samples.NOW, reason="REQUEST"))
        await stage.vault.erase(ANNA)
        stage.say(*samples.all_of(key))
        await stage.play()
        assert stage.states() == [("registration.received", "sms", "failed", "IDENTITY_ERASED")]
        assert stage.store.documents("recipients")[0]["contacts"] == {"mobile": None, "email": None}

    virtual(scenario)


def test_a_wave_that_opens_or_changes_is_announced_in_every_kecamatan_once(stage: Stage) -> None:
    async def scenario() -> None:
        events: list[Event] = [samples.wave_opened(), samples.wave_changed()]
        stage.say(*events, *events)
        await stage.play()
        published = [body for kind, body in stage.heard() if kind == "CampaignPublished"]
        assert len(published) == 2
        files = [path for path in (stage.folder / "campaigns").rglob("*.*") if path.is_file()]
        assert len(files) == 2 * 6 * 21
        flyer = next(path for path in files if path.name == "12.71.05.html").read_text()
        assert "<svg" in flyer
        assert "Kecamatan Medan Barat" in flyer
        assert "?k=127105&amp;c=" in flyer

    virtual(scenario)
