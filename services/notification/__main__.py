"""`python -m services.notification`: this service as a process."""

from fastapi import FastAPI

from services.notification.app import build
from services.notification.settings import NotificationSettings
from shared.web.serve import build_app, serve


def make() -> FastAPI:
    return build_app("notification", NotificationSettings(), build)


if __name__ == "__main__":
    serve("notification", NotificationSettings(), make)
