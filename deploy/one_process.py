"""`python -m deploy.one_process`: the four services in one process, for a very small machine.

They stay four services: each with its own journal, database, topics and metrics. What is lost is that one can die
without the others, and the second core. The border keeps a process of its own under its memory limit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.proxy import INTEGRATION
from services.incentive.__main__ import make as make_incentive
from services.notification.__main__ import make as make_notification
from services.registration.__main__ import make as make_registration
from services.reporting.__main__ import make as make_reporting
from shared.platform.settings import CommonSettings
from shared.web.serve import serve

MAKERS: Mapping[str, Callable[[], FastAPI]] = {
    "registration": make_registration,
    "incentive": make_incentive,
    "notification": make_notification,
    "reporting": make_reporting,
}


def together(apps: Mapping[str, FastAPI]) -> FastAPI:
    """One app that starts and stops them all and passes each request on by the first part of its path."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for each in apps.values():
                await stack.enter_async_context(each.router.lifespan_context(each))
            yield

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        first = scope["path"].split("/")[1]
        app: ASGIApp | None = apps.get("incentive" if first == INTEGRATION else first)
        await (app or PlainTextResponse("Tidak ada halaman di alamat ini.", 404))(scope, receive, send)

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.router.default = dispatch
    return app


if __name__ == "__main__":
    serve("services", CommonSettings(), lambda: together({name: make() for name, make in MAKERS.items()}))
