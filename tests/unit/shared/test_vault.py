"""The vault: sealed for one person and one field, found again by blind index, gone for ever when erased."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.base import Sealed
from shared.engine.ports import Insert
from shared.security import vault as vaults
from shared.security.vault import (
    KEYS,
    REMEMBERED_SECONDS,
    PersonKey,
    RecordSeal,
    Unreadable,
    Vault,
    ensure_key,
    read_key,
)
from tests.fakes import MemoryDatabase, MemoryStore

NIK = "1271054107950003"


@pytest.fixture
def database() -> MemoryDatabase:
    return MemoryDatabase(MemoryStore())


@pytest.fixture
def vault(database: MemoryDatabase) -> Vault:
    return Vault(database, b"m" * 32, b"i" * 32)


async def stored(vault: Vault, database: MemoryDatabase, person: str = "sari") -> PersonKey:
    """A person whose key is on disk, as after the commit of the first ciphertext."""
    key = vault.new_key(person)
    await database.write([Insert(KEYS, {"_id": person, "person": person, "wrapped": key.wrapped.wrapped})])
    return key


def another(database: MemoryDatabase, master: bytes = b"m" * 32) -> Vault:
    """The vault of another process: nothing cached."""
    return Vault(database, master, b"i" * 32)


async def test_another_process_opens_what_was_sealed(vault: Vault, database: MemoryDatabase) -> None:
    sealed = (await stored(vault, database)).seal("nik", NIK)
    assert (await another(database).key("sari")).open("nik", sealed) == NIK


@given(st.text(max_size=200), st.text(max_size=20))
def test_every_text_comes_back(text: str, field: str) -> None:
    key = Vault(MemoryDatabase(MemoryStore()), b"m" * 32, b"i" * 32).new_key("sari")
    if any("\ud800" <= letter <= "\udfff" for letter in text + field):
        return  # a lone surrogate has no bytes; the door refuses it before
    assert key.open(field, key.seal(field, text)) == text


async def test_nothing_of_the_text_can_be_seen(vault: Vault, database: MemoryDatabase) -> None:
    key = await stored(vault, database)
    sealed = key.seal("nik", NIK)
    assert NIK not in sealed.ciphertext
    assert f"{sealed}" == str(sealed) == repr(sealed) == "•••"
    assert f"{sealed!s:>10} {[sealed]}" == "       ••• [•••]"
    assert "m" * 32 not in json.dumps(database.store.documents(KEYS))


async def test_the_same_text_is_never_sealed_the_same(vault: Vault, database: MemoryDatabase) -> None:
    key = await stored(vault, database)
    assert key.seal("nik", NIK).ciphertext != key.seal("nik", NIK).ciphertext


@pytest.mark.parametrize(("person", "field"), [("sari", "kk_number"), ("budi", "nik")])
async def test_a_text_moved_to_another_field_or_person_does_not_open(
    vault: Vault, database: MemoryDatabase, person: str, field: str
) -> None:
    sealed = (await stored(vault, database)).seal("nik", NIK)
    await stored(vault, database, "budi")
    with pytest.raises(Unreadable):
        (await vault.key(person)).open(field, sealed)


@pytest.mark.parametrize("text", ["", "name", "masked 1234", "•", "QUFB"])
async def test_what_was_never_sealed_does_not_open(vault: Vault, database: MemoryDatabase, text: str) -> None:
    key = await stored(vault, database)
    with pytest.raises(Unreadable):
        key.open("nik", Sealed(text))


async def test_a_changed_text_does_not_open(vault: Vault, database: MemoryDatabase) -> None:
    key = await stored(vault, database)
    text = key.seal("nik", NIK).ciphertext
    changed = ("B" if text[30] != "B" else "C").join((text[:30], text[31:]))
    with pytest.raises(Unreadable) as caught:
        key.open("nik", Sealed(changed))
    assert NIK not in str(caught.value)


async def test_an_erased_person_is_gone_for_everybody(vault: Vault, database: MemoryDatabase) -> None:
    await stored(vault, database)
    await stored(vault, database, "budi")
    assert set(await vault.keys(["sari", "budi"])) == {"sari", "budi"}
    await vault.erase("sari")
    with pytest.raises(Unreadable):
        await vault.key("sari")
    assert set(await another(database).keys(["sari", "budi", "nobody"])) == {"budi"}


async def test_a_person_erased_by_another_process_is_forgotten_here_within_a_minute(database: MemoryDatabase) -> None:
    seconds = [0.0]
    here = Vault(database, b"m" * 32, b"i" * 32, now=lambda: seconds[0])
    await stored(here, database)
    assert await here.key("sari")
    await another(database).erase("sari")
    seconds[0] = REMEMBERED_SECONDS
    with pytest.raises(Unreadable):
        await here.key("sari")


async def test_all_who_ask_at_once_are_answered_by_one_question(vault: Vault, database: MemoryDatabase) -> None:
    people = ["sari", "budi", "dewi"]
    for person in people:
        await stored(vault, database, person)
    asked: list[Sequence[str]] = []

    class Other(Vault):
        async def keys(self, persons: Iterable[str]) -> dict[str, PersonKey]:
            asked.append(list(persons))
            return await super().keys(asked[-1])

    other = Other(database, b"m" * 32, b"i" * 32)
    given_up = asyncio.create_task(other.key("sari"))
    waiting = asyncio.gather(*(other.key(person) for person in [*people, "nobody"]), return_exceptions=True)
    await asyncio.sleep(0)
    given_up.cancel()
    found = await waiting
    assert [key.person for key in found[:3] if isinstance(key, PersonKey)] == people
    assert isinstance(found[3], Unreadable)
    assert asked == [["sari", *people, "nobody"]]


async def test_a_key_is_of_no_use_without_the_master_key(vault: Vault, database: MemoryDatabase) -> None:
    await stored(vault, database)
    with pytest.raises(Exception, match=r"^$"):
        await another(database, master=b"x" * 32).key("sari")


async def test_a_stolen_key_does_not_fit_another_person(vault: Vault, database: MemoryDatabase) -> None:
    wrapped = (await stored(vault, database)).wrapped.wrapped
    await database.write([Insert(KEYS, {"_id": "budi", "person": "budi", "wrapped": wrapped})])
    with pytest.raises(Exception, match=r"^$"):
        await vault.key("budi")


def test_an_index_finds_equal_values_of_one_kind_only(vault: Vault, database: MemoryDatabase) -> None:
    assert vault.index("nik", NIK) == another(database).index("nik", NIK)
    assert len(vault.index("nik", NIK)) == 64
    other_key = Vault(database, b"m" * 32, b"j" * 32)
    found = {
        vault.index("nik", NIK),
        vault.index("kk", NIK),
        vault.index("nik", NIK[::-1]),
        other_key.index("nik", NIK),
    }
    assert len(found) == 4


async def test_only_so_many_keys_are_kept_in_memory(database: MemoryDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vaults, "CACHED_KEYS", 2)
    vault = Vault(database, b"m" * 32, b"i" * 32)
    for person in ("a", "b", "c"):
        await stored(vault, database, person)
        assert (await vault.key(person)).person == person
    assert len(vault._cache) == 2
    assert (await vault.key("a")).person == "a", "read again from the database"


def test_a_whole_record_is_sealed_under_its_own_key() -> None:
    seal, raw = RecordSeal(b"r" * 32), b"\x00not json " + NIK.encode()
    assert seal.unseal(seal.seal(raw)) == raw
    assert NIK not in seal.seal(raw)
    with pytest.raises(Exception, match=r"^$"):
        RecordSeal(b"s" * 32).unseal(seal.seal(raw))


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "master.key"
    ensure_key(path)
    made = read_key(path)
    ensure_key(path)
    assert read_key(path) == made
    assert len(made) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "00" * 31, "00" * 33, "no hexadecimal"])
def test_a_file_without_a_key_is_refused_and_not_quoted(tmp_path: Path, text: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"master\.key|hexadecimal"):
        read_key(path)


async def test_a_remembered_key_is_there_without_a_turn_of_the_loop(vault: Vault, database: MemoryDatabase) -> None:
    """Beside thousands of payments each turn takes long, and a page would wait for it."""
    await stored(vault, database)
    known = await vault.key("sari")
    with pytest.raises(StopIteration) as told:
        vault.key("sari").send(None)
    assert told.value.value is known
