"""`python -m services.registration`: this service as a process."""

from fastapi import FastAPI

from services.registration.app import build
from services.registration.settings import RegistrationSettings
from shared.web.serve import build_app, serve


def make() -> FastAPI:
    return build_app("registration", RegistrationSettings(), build)


if __name__ == "__main__":
    serve("registration", RegistrationSettings(), make)
