"""`python -m services.registration`: this service as a process."""

from services.registration.app import build
from services.registration.settings import RegistrationSettings
from shared.web.serve import serve

if __name__ == "__main__":
    serve("registration", RegistrationSettings(), build)
