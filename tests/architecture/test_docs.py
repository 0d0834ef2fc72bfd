"""What is written for people names what the code has: alarms, dependencies, decisions, commands, terms."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from itertools import chain
from pathlib import Path

import pytest

from tests.architecture.rules import ROOT, code_words, sources

DOCS = ROOT / "docs"
OUR_FILES = re.compile(r"`((?:shared|services|deploy|tests|docs)/[\w/.-]+)`")
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \|", re.MULTILINE)
FAULTS_OF_TEXTS = {"TEMPLATE_BROKEN", "TEMPLATE_MISSING", "FIELD_MISSING", "TEXT_TOO_LONG", "ROUTE_MISSING"}
"""Codes that notification hands to `alarm` in a variable."""


def rows(path: Path, heading: str = "") -> list[tuple[str, ...]]:
    """First and second cell of every table row below a heading."""
    text = path.read_text(encoding="utf-8")
    part = text.partition(heading)[2].split("\n## ")[0] if heading else text
    return [match.groups() for match in ROW.finditer(part) if not match.group(1).startswith("-")]


def alarms() -> Iterator[tuple[str, bool]]:
    """Code of every alarm in the tree, and whether it stands there as text."""
    for source in sources("services", "shared", "deploy"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "").lstrip("_") == "alarm" and node.args:
                code = node.args[0]
                yield (str(code.value), True) if isinstance(code, ast.Constant) else (ast.unparse(code), False)


def test_every_alarm_is_explained_and_nothing_else_is() -> None:
    explained = {first for first, _ in rows(DOCS / "operations.md", "## Alarms")} - {"code"}
    assert explained == {code for code, is_text in alarms() if is_text} | FAULTS_OF_TEXTS


def test_alarms_in_variables_are_those_of_texts_alone() -> None:
    assert {text for text, is_text in alarms() if not is_text} == {"fault.code"}
    words: set[str] = set()
    for source in sources("services/notification"):
        words |= code_words(source)
    assert words >= FAULTS_OF_TEXTS


def direct() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = chain(project["dependencies"], *project["optional-dependencies"].values())
    return {re.split(r"[\[<>=~!; ]", line)[0].lower() for line in lines}


def test_every_direct_dependency_is_named_once_with_its_licence() -> None:
    named = [first.lower() for first, _ in rows(DOCS / "decisions" / "0000-dependencies.md")]
    packages = [name for name in named if name != "package" and " " not in name and name != "what"]
    assert sorted(packages) == sorted(direct())


@pytest.mark.parametrize("name", sorted(direct()))
def test_a_licence_is_what_the_package_says(name: str) -> None:
    try:
        said = metadata(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is an extra that is not installed here")
    classifiers = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or [] if "License ::" in line]
    found = {*(said.get_all("License-Expression") or []), *(said.get_all("License") or []), *classifiers}
    written = {first.lower(): second for first, second in rows(DOCS / "decisions" / "0000-dependencies.md")}
    assert written[name] in found


def test_decisions_are_numbered_short_and_begin_with_what_people_quote() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == [f"{n:04}" for n in range(len(numbers))]
    for path in DECISIONS:
        text = path.read_text(encoding="utf-8")
        assert re.match(rf"# {path.name[:4]}\. \S.{{20,140}}\n", text), path.name
        assert len(text.splitlines()) <= 80, path.name


def test_glossary_gives_each_term_once() -> None:
    terms = [first.lower() for first, _ in rows(DOCS / "glossary.md")]
    assert len(set(terms)) == len(terms)


def test_commands_that_are_named_exist() -> None:
    """`gelombang a b`: every word that stands in deploy/cli.py as a command."""
    cli = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "deploy").glob("*cli.py")))
    functions = {match.rstrip("_") for match in re.findall(r"^def ([a-z_]+)\(", cli, re.MULTILINE)}
    words = set(re.findall(r'name="([a-z-]+)"', cli)) | functions
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    said = re.findall(r"`gelombang ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", text)
    assert {word for pair in said for word in pair if word} - words == set()


def test_paths_that_are_named_exist() -> None:
    for path in [*DECISIONS, DOCS / "operations.md", DOCS / "engine.md"]:
        for named in re.findall(
            r"`((?:shared|services|deploy|tests|docs)/[\w/.-]+)`", path.read_text(encoding="utf-8")
        ):
            assert (ROOT / named).exists(), f"{path.name} names {named}"


def test_no_machine_stands_in_what_is_written() -> None:
    written = [path for pattern in ("*.md", "*.json", "*.yaml") for path in DOCS.rglob(pattern)]
    assert [path.name for path in written if str(ROOT) in path.read_text(encoding="utf-8")] == []
