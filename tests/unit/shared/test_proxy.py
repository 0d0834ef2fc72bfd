"""What stands in front of the embedded services says in words that a part is away, or that an address is none."""

from __future__ import annotations

import httpx

from deploy.processes import free_port
from deploy.proxy import proxy

PEOPLE = {"Accept": "text/html,application/xhtml+xml"}


async def test_a_service_that_is_away_is_a_page_for_people_and_a_line_for_programs() -> None:
    app = proxy({"incentive": f"http://127.0.0.1:{free_port()}"})
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://office.test") as client:
            page = await client.get("/incentive/status", headers=PEOPLE)
            line = await client.get("/incentive/status")
            none = await client.get("/tidak-ada", headers=PEOPLE)
    assert (page.status_code, page.headers["retry-after"]) == (503, "2")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Bagian ini sedang dimulai ulang. Yang sudah Anda kirim tetap aman." in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (line.status_code, line.headers["content-type"]) == (503, "text/plain; charset=utf-8")
    assert (none.status_code, "Tidak ada halaman di alamat ini." in none.text) == (404, True)
    assert 'href="/"' in none.text
