"""`python -m services.notification`: this service as a process."""

from services.notification.app import build
from services.notification.settings import NotificationSettings
from shared.web.serve import serve

if __name__ == "__main__":
    serve("notification", NotificationSettings(), build)
