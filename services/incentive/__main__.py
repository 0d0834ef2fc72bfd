"""`python -m services.incentive`: this service as a process."""

from services.incentive.app import build
from services.incentive.settings import IncentiveSettings
from shared.web.serve import serve

if __name__ == "__main__":
    serve("incentive", IncentiveSettings(), build)
