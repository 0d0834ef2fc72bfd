"""What we know of a person in order to reach them, and what waits until we know it. All personal fields are sealed.

Facts of different services come in any order: what concerns somebody not yet known waits in that person's own
state and becomes messages when ApplicantRegistered arrives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from services.notification.domain.facts import Addressee, Contacts, Fact
from services.notification.domain.messages import compose
from services.notification.domain.routing import FORMER_CONTACT, PERSON, PERSONAL_CHANNELS, Route, Routes
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Refused

NO_CONTACTS = Contacts()
FORMER_FOR = timedelta(days=30)
"""So long a replaced phone or address also hears of changes: whoever took over an account changes the phone first."""


@dataclass(frozen=True, slots=True)
class Recipient:
    collection: ClassVar[str] = "recipients"

    applicant_id: str
    known: bool = False
    """ApplicantRegistered has arrived."""
    erased: bool = False
    full_name: Sealed | None = None
    tracking_code: Sealed | None = None
    contacts: Contacts = NO_CONTACTS
    former: Contacts = NO_CONTACTS
    former_until: datetime | None = None
    preferred: str = ""
    consent_campaigns: bool = False
    waiting: tuple[Fact, ...] = ()
    told: tuple[str, ...] = ()
    """Causes that became messages: whatever is heard again says nothing twice. Some dozens in a person's life."""

    @property
    def id(self) -> str:
        return self.applicant_id


@dataclass(frozen=True, slots=True)
class Personal:
    """The sealed fields of a registration or correction; None: not given, or not changed."""

    full_name: Sealed | None
    tracking_code: Sealed | None
    contacts: Contacts
    consent_campaigns: bool


def register(
    recipient: Recipient | None, applicant_id: str, personal: Personal, fact: Fact, routes: Routes
) -> Decision:
    """Remember how to reach the person, tell them that we have their registration, and all that waited.

    A correction that overtook the registration keeps its newer values.
    """
    before = _alive(recipient, applicant_id)
    if before.known:
        return tell(before, applicant_id, fact, routes)
    after = replace(
        before,
        known=True,
        full_name=before.full_name or personal.full_name,
        tracking_code=before.tracking_code or personal.tracking_code,
        contacts=Contacts(
            before.contacts.mobile or personal.contacts.mobile, before.contacts.email or personal.contacts.email
        ),
        consent_campaigns=personal.consent_campaigns,
        waiting=(),
    )
    return _messages(after, (fact, *before.waiting), routes)


def correct(recipient: Recipient | None, applicant_id: str, personal: Personal, fact: Fact, routes: Routes) -> Decision:
    """Take the new values. A contact that was replaced hears of it."""
    before = _alive(recipient, applicant_id)
    if fact.cause in before.told:
        return Decision()
    old, new = before.contacts, personal.contacts
    replaced = Contacts(_replaced(old.mobile, new.mobile), _replaced(old.email, new.email))
    after = replace(
        before,
        full_name=personal.full_name or before.full_name,
        tracking_code=personal.tracking_code or before.tracking_code,
        contacts=Contacts(new.mobile or old.mobile, new.email or old.email),
        consent_campaigns=personal.consent_campaigns,
    )
    if replaced == NO_CONTACTS or not before.known:
        return Decision(changes=(after,))
    return _messages(replace(after, former=replaced, former_until=fact.at + FORMER_FOR), (fact,), routes)


def _replaced(old: Sealed | None, new: Sealed | None) -> Sealed | None:
    """The old value, if a new one takes its place; the same text again is a repetition."""
    return old if new and new != old else None


def tell(recipient: Recipient | None, applicant_id: str, fact: Fact, routes: Routes) -> Decision:
    """Queue what this fact has to say, or let it wait until the person is known.

    Raises Refused RECIPIENT_ERASED: there is nobody to tell any more.
    """
    person = _alive(recipient, applicant_id)
    if person.known:
        return _messages(person, (fact,), routes) if fact.cause not in person.told else Decision()
    if any(each.cause == fact.cause for each in person.waiting):
        return Decision()
    return Decision(changes=(replace(person, waiting=(*person.waiting, fact)),))


def erase(recipient: Recipient | None, applicant_id: str) -> Decision:
    """Forget everything; messages under way fail when their values cannot be opened."""
    if recipient == (gone := Recipient(applicant_id, erased=True)):
        return Decision()
    return Decision(changes=(gone,))


@dataclass(frozen=True, slots=True)
class PreferChannel:
    """The person asks for another channel first; "" asks for the office's usual order."""

    applicant_id: str
    channel: str


def prefer(recipient: Recipient | None, command: PreferChannel) -> Decision:
    """Raises Refused APPLICANT_UNKNOWN, CHANNEL_UNKNOWN."""
    person = reachable(recipient)
    if command.channel not in (*PERSONAL_CHANNELS, ""):
        raise Refused("CHANNEL_UNKNOWN")
    return Decision(changes=(replace(person, preferred=command.channel),), reply={"preferred": command.channel})


def reachable(recipient: Recipient | None) -> Recipient:
    """Raises Refused APPLICANT_UNKNOWN for somebody not registered, or erased."""
    if recipient is None or recipient.erased or not recipient.known:
        raise Refused("APPLICANT_UNKNOWN")
    return recipient


def _alive(recipient: Recipient | None, applicant_id: str) -> Recipient:
    person = recipient or Recipient(applicant_id)
    if person.erased:
        raise Refused("RECIPIENT_ERASED")
    return person


def _messages(person: Recipient, facts: Sequence[Fact], routes: Routes) -> Decision:
    """One message of each fact for every audience the table names; an event it does not name at all is a fault."""
    told = (*person.told, *(fact.cause for fact in facts))
    decision = Decision(changes=(replace(person, told=told),))
    for fact in facts:
        for line in _lines(fact, routes):
            if to := _addressee(person, line, fact.at):
                decision += compose(fact, line, to)
    return decision


def _lines(fact: Fact, routes: Routes) -> list[Route | None]:
    found = [routes.find(fact.event, fact.variant, audience) for audience in (PERSON, FORMER_CONTACT)]
    return [line for line in found if line] or [None]


def _addressee(person: Recipient, line: Route | None, at: datetime) -> Addressee | None:
    if line is None or line.audience == PERSON:
        return Addressee(person.applicant_id, PERSON, person.contacts, person.preferred)
    if person.former_until is None or at > person.former_until:
        return None  # the contact was not changed lately, so nobody else must be warned
    return Addressee(person.applicant_id, FORMER_CONTACT, person.former)
