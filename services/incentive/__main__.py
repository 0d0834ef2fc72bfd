"""`python -m services.incentive`: this service as a process."""

from fastapi import FastAPI

from services.incentive.app import build
from services.incentive.settings import IncentiveSettings
from shared.web.serve import build_app, serve


def make() -> FastAPI:
    return build_app("incentive", IncentiveSettings(), build)


if __name__ == "__main__":
    serve("incentive", IncentiveSettings(), make)
