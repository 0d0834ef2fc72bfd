"""`python -m services.reporting`: this service as a process. It has no vault: it may not know people."""

from fastapi import FastAPI

from services.reporting.app import build
from services.reporting.settings import ReportingSettings
from shared.web.serve import build_app_without_vault, serve


def make() -> FastAPI:
    return build_app_without_vault("reporting", ReportingSettings(), build)


if __name__ == "__main__":
    serve("reporting", ReportingSettings(), make)
