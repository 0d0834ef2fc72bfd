"""Who is told what, once, and what follows from how it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.notification.domain import messages, recipients
from services.notification.domain.facts import Contacts
from services.notification.domain.messages import Ended, Message, MessageState, OneTimeText
from services.notification.domain.recipients import FORMER_FOR, PreferChannel, Recipient
from shared.contracts.base import Sealed
from shared.contracts.decision import Aggregate, Decision, Refused
from shared.contracts.notification import MessageFailed, MessageSent
from tests.unit.notification.builders import BOTH, EMAIL, MOBILE, NOW, ROUTES, fact, known, personal


def only(decision: Decision, kind: type[Aggregate]) -> Any:
    (found,) = (each for each in decision.changes if isinstance(each, kind))
    return found


def told(person: Recipient, **more: Any) -> Decision:
    return recipients.tell(person, "a", fact(**more), ROUTES)


def test_a_message_takes_the_first_channel_and_keeps_the_others_for_later() -> None:
    decision = told(known())
    message, (work,) = only(decision, Message), decision.work
    assert (message.channel, message.state) == ("sms", MessageState.QUEUED)
    assert work.key == "c1/a/sms"
    assert work.payload["later_channels"] == ["whatsapp", "email"]
    assert work.payload["sealed"] == [["account_masked", "account_number", "YWNj"]]
    assert work.payload["values"] == {"amount": "Rp 1"}


def test_the_channel_a_person_prefers_comes_first_and_one_without_contact_is_left_out() -> None:
    assert only(told(known(preferred="email")), Message).channel == "email"
    decision = told(known(Contacts(email=EMAIL)))
    assert only(decision, Message).channel == "email"
    assert decision.work[0].payload["later_channels"] == []


def test_what_was_told_is_not_told_again() -> None:
    after = only(told(known()), Recipient)
    assert told(after) == Decision()


def test_somebody_without_any_contact_is_a_counted_failure() -> None:
    decision = told(known(Contacts()))
    assert only(decision, Message).code == "NO_CONTACT"
    assert decision.work == ()
    (failed,) = decision.events
    assert isinstance(failed, MessageFailed)
    assert (failed.code, failed.channel, failed.subject) == ("NO_CONTACT", None, "a")


def test_an_event_that_the_table_does_not_name_becomes_work_that_raises_the_alarm() -> None:
    (work,) = told(known(), event="Unheard").work
    assert work.payload["fault"] == "ROUTE_MISSING"
    assert work.key == "c1/a/none"


def test_facts_wait_for_a_person_not_yet_known_and_are_told_in_order() -> None:
    waiting = only(recipients.tell(None, "a", fact(), ROUTES), Recipient)
    assert recipients.tell(waiting, "a", fact(), ROUTES) == Decision()
    registered = fact("ApplicantRegistered", "c0")
    decision = recipients.register(waiting, "a", personal(), registered, ROUTES)
    person = only(decision, Recipient)
    assert [work.key for work in decision.work] == ["c0/a/sms", "c1/a/sms"]
    assert (person.known, person.waiting, person.told) == (True, (), ("c0", "c1"))
    assert recipients.register(person, "a", personal(), registered, ROUTES) == Decision()


def test_a_correction_that_came_before_the_registration_keeps_its_values() -> None:
    newer = personal(Contacts(mobile=Sealed("bmV3")), full_name=None, tracking_code=None)
    early = recipients.correct(None, "a", newer, fact("ApplicantCorrected", "c9"), ROUTES)
    assert early.work == ()
    person = only(
        recipients.register(only(early, Recipient), "a", personal(), fact("ApplicantRegistered"), ROUTES), Recipient
    )
    assert (person.contacts.mobile, person.contacts.email) == ("bmV3", EMAIL)


def test_the_replaced_contact_hears_of_it_once_and_of_an_account_change_for_a_month() -> None:
    new = personal(Contacts(mobile=Sealed("bmV3")), full_name=None, tracking_code=None)
    changed = fact("ApplicantCorrected", "c2")
    decision = recipients.correct(known(), "a", new, changed, ROUTES)
    person, (work,) = only(decision, Recipient), decision.work
    assert (work.payload["audience"], work.payload["mobile"], work.payload["email"]) == ("former_contact", MOBILE, "")
    assert work.key == "c2/a.former_contact/sms"
    assert recipients.correct(person, "a", new, changed, ROUTES) == Decision()
    account = told(person, event="PayoutAccountChanged", cause="c3")
    assert [w.payload["mobile"] for w in account.work] == ["bmV3", MOBILE]
    late = told(person, event="PayoutAccountChanged", cause="c4", at=NOW + FORMER_FOR + timedelta(days=1))
    assert [w.payload["audience"] for w in late.work] == ["applicant"]


def test_a_correction_of_other_data_tells_nobody() -> None:
    other = personal(Contacts(), full_name=None, tracking_code=None, consent_campaigns=True)
    decision = recipients.correct(known(), "a", other, fact("ApplicantCorrected"), ROUTES)
    person = only(decision, Recipient)
    assert decision.work == ()
    assert (person.consent_campaigns, person.contacts, person.former) == (True, BOTH, Contacts())


def test_an_erased_person_is_forgotten_and_never_told_anything() -> None:
    gone = only(recipients.erase(known(), "a"), Recipient)
    assert gone == Recipient("a", erased=True)
    assert gone.id == "a"
    assert recipients.erase(gone, "a") == Decision()
    for act in (
        lambda: told(gone),
        lambda: recipients.register(gone, "a", personal(), fact(), ROUTES),
        lambda: recipients.correct(gone, "a", personal(), fact(), ROUTES),
    ):
        with pytest.raises(Refused, match="RECIPIENT_ERASED"):
            act()


def test_a_person_may_prefer_a_channel() -> None:
    assert only(recipients.prefer(known(), PreferChannel("a", "email")), Recipient).preferred == "email"
    with pytest.raises(Refused, match="CHANNEL_UNKNOWN"):
        recipients.prefer(known(), PreferChannel("a", "pigeon"))
    for nobody in (None, Recipient("a"), Recipient("a", known=True, erased=True)):
        with pytest.raises(Refused, match="APPLICANT_UNKNOWN"):
            recipients.prefer(nobody, PreferChannel("a", "sms"))


def test_a_one_time_code_is_kept_apart_and_tries_one_channel_only() -> None:
    expires = NOW + timedelta(minutes=5)
    decision = told(known(), event="ConfirmationCodeIssued", secret=True, expires_at=expires)
    kept, (work,) = only(decision, OneTimeText), decision.work
    assert kept.id == only(decision, Message).id
    assert (work.payload["sealed"], work.payload["later_channels"]) == ([], [])
    assert work.payload["expires_at"] == expires.isoformat()


def queued() -> tuple[Message, dict[str, Any]]:
    decision = told(known())
    return only(decision, Message), dict(decision.work[0].payload)


def test_a_sent_message_says_so_once() -> None:
    message, payload = queued()
    done = Ended("done", "e1", parts=3)
    decision = messages.finish(message, payload, done, NOW)
    (sent,) = decision.events
    assert isinstance(sent, MessageSent)
    assert (sent.channel, sent.parts, sent.cause, sent.cause_type) == ("sms", 3, "c1", "IncentivePaid")
    assert messages.finish(only(decision, Message), payload, done, NOW) == Decision()
    assert messages.finish(None, payload, done, NOW) == Decision()


def test_a_failed_channel_is_followed_by_the_next_until_none_is_left() -> None:
    message, payload = queued()
    seen = []
    while True:
        decision = messages.finish(message, payload, Ended("failed", "e1"), NOW)
        (failed,) = decision.events
        assert isinstance(failed, MessageFailed)
        seen.append((failed.channel, failed.code, failed.next_channel))
        if not decision.work:
            break
        first, message = decision.changes  # type: ignore[assignment]
        assert isinstance(first, Message)
        assert first.passed_on
        payload = dict(decision.work[0].payload)
        assert decision.work[0].key == f"c1/a/{message.channel}"
    assert seen == [("sms", "REFUSED", "whatsapp"), ("whatsapp", "REFUSED", "email"), ("email", "REFUSED", None)]


def test_a_fault_of_ours_is_not_tried_on_other_channels() -> None:
    message, payload = queued()
    decision = messages.finish(message, payload, Ended("failed", "e1", "TEMPLATE_MISSING"), NOW)
    assert decision.work == ()
    assert not only(decision, Message).passed_on


def test_an_unknown_outcome_keeps_the_reference_for_whoever_settles_it() -> None:
    message, payload = queued()
    unknown = only(messages.finish(message, payload, Ended("unknown", "e1"), NOW), Message)
    assert (unknown.state, unknown.effect_id) == (MessageState.UNKNOWN, "e1")
    assert only(messages.finish(unknown, payload, Ended("done", "e1"), NOW), Message).state is MessageState.SENT
    assert replace(unknown).id == message.id
