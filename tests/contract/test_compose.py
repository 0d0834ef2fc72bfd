"""docker-compose.yml is valid, and every container is closed as far as it can be. Needs no Docker."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from deploy.compose import secrets
from deploy.embedded import LISTENERS
from deploy.provision.matrix import ACCESS, MATRIX, SERVICES, VAULT
from deploy.servers import ROOT
from deploy.simulators.__main__ import SimulatorSettings
from services.incentive.settings import IncentiveSettings
from services.notification.settings import NotificationSettings
from services.registration.api import large_bodies
from services.registration.settings import RegistrationSettings
from services.reporting.settings import ReportingSettings
from shared.platform.settings import CommonSettings
from tests.compose import Service, compose, environment, interpolated, services

NAMES = sorted(services())
ONCE = {"secrets", "provision"}
EXTRA_RIGHTS = {"secrets": ["CHOWN"], "proxy": ["NET_BIND_SERVICE"]}
RESTART = {"border": "always"}
DOORS = {"incentive-doors": "incentive"}
"""Processes that only answer whoever calls their service; they are that service, its user and its secrets."""
SETTINGS: dict[str, type[CommonSettings]] = {
    "registration": RegistrationSettings,
    "incentive": IncentiveSettings,
    "incentive-doors": IncentiveSettings,
    "border": IncentiveSettings,
    "notification": NotificationSettings,
    "reporting": ReportingSettings,
    "simulators": SimulatorSettings,
}
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
    model = yaml.load((ROOT / file).read_text(), Overlay)
    assert list(jsonschema.validators.validator_for(schema)(schema).iter_errors(model)) == []


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
        assert int(user) == secrets.USERS[DOORS.get(name, name)] > 0
    assert len({one["user"] for one in services().values()}) == len(NAMES) - len(DOORS)


@each
def test_memory_processors_processes_and_logs_are_bounded(service: Service) -> None:
    assert service["mem_limit"] == service["memswap_limit"]
    assert float(interpolated(service["cpus"])) > 0
    assert 0 < service["pids_limit"] <= 512
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert all("size=" in entry for entry in service.get("tmpfs", []))


def test_who_listens_gives_way_to_who_stands_at_a_door() -> None:
    """The same services as in the stack without Docker, and half the share each."""
    assert {name: one["cpu_shares"] for name, one in services().items() if "cpu_shares" in one} == dict.fromkeys(
        LISTENERS, 512
    )


@each_lasting
def test_what_stays_has_a_health_check_and_comes_back(name: str, service: Service) -> None:
    assert service["healthcheck"]["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(service["healthcheck"])
    assert service["restart"] == RESTART.get(name, "unless-stopped")


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
    holder = DOORS.get(name, name)
    for key, value in told.items():
        if re.search("PASSWORD|KEY|TOKEN|SECRET", key):
            assert key.endswith("_FILE"), key
        if key.endswith("_FILE"):
            folder, _, file = value.rpartition("/")
            assert folder == "/run/secrets"
            assert file in secrets.holders()[holder]
        assert not re.search(r"://[^@/]*:(?!\{password\})[^@/]*@", value), "a password inside an address"
    if holder in secrets.holders():
        assert [source for source in volumes(service) if source.startswith("secrets")] == [f"secrets-{holder}"]
        assert volumes(service)[f"secrets-{holder}"] == "/run/secrets:ro"


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
    assert told["GELOMBANG_MONGO"] == mongo_of(name)
    assert service["healthcheck"]["test"][-1] == name
    for key in ("MASTER", "INDEX"):
        assert (f"GELOMBANG_{key}_KEY_FILE" in told) == (VAULT in MATRIX[name].databases)
    assert "GELOMBANG_RECORDS_KEY_FILE" in told
    assert MATRIX[name].databases[ACCESS] == "readWrite"


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_writes_lies_in_a_volume(name: str, service: Service) -> None:
    assert environment(name, {})["GELOMBANG_STATE_DIR"] == volumes(service)[f"state-{name}"] == "/state"


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_that_is_told_exists(name: str) -> None:
    """A misspelt one would be ignored, and the default taken."""
    known = {f"GELOMBANG_{field.upper()}" for field in SETTINGS[name].model_fields}
    assert set(environment(name, {})) <= known


@pytest.mark.parametrize("name", DOORS)
def test_the_doors_of_a_service_are_the_service_but_for_one_setting(name: str, service: Service) -> None:
    of = services()[DOORS[name]]
    assert service["profiles"] == ["doors"], "who does not ask for it has one process"
    assert service["environment"] == {**of["environment"], "GELOMBANG_DOORS_ONLY": "true"}
    own = {"profiles", "environment"}
    assert {key: service[key] for key in service.keys() - own} == {key: of[key] for key in of.keys() - own}


@pytest.mark.parametrize(("name", "service"), DOORS.items())
def test_the_proxy_brings_callers_to_the_doors_when_it_is_told_so(name: str, service: str) -> None:
    variable = f"GELOMBANG_{service.upper()}_DOORS"
    assert services()["proxy"]["environment"][variable] == f"${{{variable}:-{service}}}"
    assert f"reverse_proxy /{service}/* {{${variable}:{service}}}:8080" in read("deploy/compose/Caddyfile")
    assert f"{variable}={name} docker compose --profile doors up" in read("docker-compose.yml")


def test_the_border_is_incentive_to_broker_and_database_and_has_no_key_of_persons() -> None:
    service, told = services()["border"], environment("border", {})
    assert service["command"] == ["python", "-m", "services.incentive.border_process"]
    assert (told["GELOMBANG_KAFKA_USER"], told["GELOMBANG_MONGO"]) == ("incentive", mongo_of("incentive"))
    assert service["mem_limit"] == "600m"
    assert int(told["GELOMBANG_BORDER_MEMORY_MEGABYTES"]) < 600, "the process dies first, and says so"
    assert service["networks"] == ["data"]
    assert not {"GELOMBANG_MASTER_KEY_FILE", "GELOMBANG_INDEX_KEY_FILE"} & set(told)
    assert service["healthcheck"]["test"][-1] == service["command"][-1]
    shared = set(told) & set(environment("incentive", {}))
    assert {key: told[key] for key in shared} == {key: environment("incentive", {})[key] for key in shared}


def test_the_door_leads_to_every_service_under_its_own_prefix_and_hides_the_machine() -> None:
    text = read("deploy/compose/Caddyfile")
    led = dict(re.findall(r"^\s*reverse_proxy /(\w+)/\* (?:\{\$\w+:)?(\w+)\}?:8080$", text, re.MULTILINE))
    assert led == {**{name: name for name in SERVICES}, "api": "incentive"}
    assert not re.search("handle_path|strip_prefix|rewrite|uri ", text)
    hidden = re.search(r"@inside path (.+)", text)
    assert hidden
    assert set(hidden[1].split()) == {"*/metrics", "*/health", "*/alive"}
    most = re.search(r"max_size (\d+)MB", text)
    assert most
    assert int(most[1]) * 10**6 > max(large_bodies(RegistrationSettings()).values())


def test_images_are_pinned_and_the_broker_is_the_one_that_tests_run_on() -> None:
    images = {interpolated(one["image"]) for one in services().values()}
    assert all(re.fullmatch(r"[a-z/]+:(local|\d[\w.-]*)", image) for image in images)
    version = re.search(
        r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>(.+)</version>", read("deploy/kafka/pom.xml")
    )
    assert version
    assert f"apache/kafka:{version[1]}" in images


def mongo_of(user: str) -> str:
    return f"mongodb://{user}:{{password}}@mongo:27017/?replicaSet=gelombang&authSource=admin"


def read(file: str) -> str:
    return (ROOT / file).read_text()
