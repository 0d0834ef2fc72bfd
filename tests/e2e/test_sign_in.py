"""Staff sign in and out on a page: with a phone or a keyboard alone, told what is wrong and never what they typed."""

from __future__ import annotations

import pytest

from tests.e2e.town import NEW, PASSWORD, Town
from tests.e2e.visitor import IN_BROWSER, Visitor

pytestmark = IN_BROWSER
WRONG = "salah-sama-sekali"
REFUSED = "Nama akun atau kata sandi tidak sesuai."


async def test_a_wrong_password_is_told_in_a_sentence_and_nothing_is_echoed(phone: Visitor) -> None:
    phone.expected.add(401)
    await phone.go("/notification/sign-in")
    await phone.look("sign-in")
    assert phone.headers["cache-control"] == "no-store"
    await phone.sign_in("rina", WRONG)
    assert await phone.page.get_by_role("alert").inner_text() == REFUSED
    assert phone.last is not None
    assert phone.last.status == 401
    page = await phone.page.content()
    assert WRONG not in page
    assert "rina" not in page
    assert await phone.page.get_by_label("Kata sandi").input_value() == ""
    await phone.look("sign-in-refused")


async def test_the_right_password_leads_to_the_work_and_signing_out_ends_it(desk: Visitor) -> None:
    await desk.go("/notification/sign-in")
    await desk.sign_in("rina", PASSWORD.format("rina"))
    assert desk.place == "/notification/desk"
    (cookie,) = await desk.page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    await desk.page.get_by_role("button", name="Keluar").click()
    assert await desk.page.get_by_role("status").inner_text() == "Anda sudah keluar."
    assert await desk.page.context.cookies() == []
    await desk.look("signed-out")
    # The token itself is dead, not only forgotten: whoever kept a copy of it stays outside.
    await desk.page.context.add_cookies([cookie])
    await desk.go("/notification/desk")
    assert desk.place.startswith("/notification/sign-in")


async def test_the_next_visitor_does_not_come_in_with_the_session_of_the_last(desk: Visitor, phone: Visitor) -> None:
    await desk.go("/notification/sign-in")
    await desk.sign_in("rina", PASSWORD.format("rina"))
    assert desk.place == "/notification/desk"
    await phone.go("/notification/desk")
    assert phone.place.startswith("/notification/sign-in")


async def test_who_was_sent_to_sign_in_comes_back_to_where_they_were_going(desk: Visitor) -> None:
    await desk.go("/notification/desk?field=disputes")
    assert desk.place == "/notification/sign-in?next=/notification/desk%3Ffield%3Ddisputes"
    await desk.sign_in("dewi", PASSWORD.format("dewi"))
    assert desk.place == "/notification/desk?field=disputes"


@pytest.mark.parametrize("elsewhere", ["//evil.test/", "https://evil.test", "/%5Cevil.test", "javascript:alert(1)"])
async def test_no_link_leads_from_our_sign_in_to_another_site(desk: Visitor, elsewhere: str) -> None:
    await desk.go(f"/notification/sign-in?next={elsewhere}")
    await desk.sign_in("budi", PASSWORD.format("budi"))
    assert desk.place == "/notification/desk"


async def test_the_first_sign_in_demands_a_password_of_ones_own(phone: Visitor, town: Town) -> None:
    phone.expected |= {403, 422}
    new, (username, _) = phone.page.get_by_label("Kata sandi baru"), NEW
    await phone.go("/notification/sign-in")
    await phone.sign_in(username, town.once)
    assert "Buat kata sandi baru" in await phone.page.get_by_role("alert").inner_text()
    assert town.once not in await phone.page.content()
    await phone.look("sign-in-first")
    for chosen, place in ((town.once, "/notification/sign-in"), (PASSWORD.format("baru"), "/notification/desk")):
        await phone.page.get_by_label("Nama akun").fill(username)
        await phone.page.get_by_label("Kata sandi yang sekarang").fill(town.once)
        await new.fill(chosen)
        await phone.page.get_by_role("button", name="Masuk").click()
        assert phone.place == place


async def test_a_keyboard_alone_is_enough(desk: Visitor) -> None:
    await desk.go("/notification/sign-in")
    keys, focus = desk.page.keyboard, "document.activeElement.name || document.activeElement.textContent.trim()"
    reached = []
    for typed in ("", "", "rina", PASSWORD.format("rina"), ""):
        await keys.press("Tab")
        reached.append(await desk.page.evaluate(focus))
        shown = await desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert shown == "solid", "where the keyboard is must be seen"
        await keys.type(typed)
    assert reached == ["Langsung ke isi", "Kartu Prakerja Kota Medan", "username", "password", "Masuk"]
    async with desk.page.expect_navigation():
        await keys.press("Enter")
    assert desk.place == "/notification/desk"
