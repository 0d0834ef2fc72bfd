"""`python -m deploy.compose.healthy <service>`: exit code 0 when the service of this container is ready."""

from __future__ import annotations

import os
import sys
from urllib.error import URLError
from urllib.request import urlopen

PATHS = {"simulators": "/health"}
"""Where a container answers otherwise than at /<name>/health."""


def healthy(service: str, port: str) -> bool:
    path = PATHS.get(service, f"/{service}/health")
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=4) as answer:
            return bool(answer.status == 200)
    except (URLError, TimeoutError):
        return False


if __name__ == "__main__":
    sys.exit(0 if healthy(sys.argv[1], os.environ["GELOMBANG_HTTP_PORT"]) else 1)
