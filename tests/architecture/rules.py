"""The rules of the code itself, as functions from a syntax tree to what breaks them; the tests apply them to the tree.

A finding reads `path:line what`, so that an editor can jump to it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("registration", "incentive", "notification", "reporting")
TREES = ("services", "shared", "deploy", "tests")
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)

MOST_FILE_LINES, MOST_CONFTEST_LINES, MOST_FUNCTION_LINES = 250, 150, 35


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root with slashes, its text and its tree."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())


Rule = Callable[[Source], list[str]]


def sources(*trees: str) -> list[Source]:
    """Every Python file below these folders, in order."""
    files = [path for tree in trees for path in sorted((ROOT / tree).rglob("*.py"))]
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in files]


def oversized_file(source: Source) -> list[str]:
    most = MOST_CONFTEST_LINES if source.path.endswith("conftest.py") else MOST_FILE_LINES
    return [f"{source.path}:1 file of {source.lines} lines, at most {most}"] if source.lines > most else []


def oversized_functions(source: Source) -> list[str]:
    """Counted from `def` to the last line; decorators are not the function's own length."""
    sizes = [(f, (f.end_lineno or f.lineno) - f.lineno + 1) for f in ast.walk(source.tree) if isinstance(f, FUNCTION)]
    return [
        f"{source.path}:{function.lineno} {function.name}() of {size} lines, at most {MOST_FUNCTION_LINES}"
        for function, size in sizes
        if size > MOST_FUNCTION_LINES
    ]


def swallowed_errors(source: Source) -> list[str]:
    """`except ...: pass` hides a failure; `contextlib.suppress` names it, and a reason stands beside it."""
    return [
        f"{source.path}:{node.lineno} an error is swallowed"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and all(_does_nothing(statement) for statement in node.body)
    ]


def _does_nothing(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass) or is_text


BROKER_CALLS = {"subscriber", "publisher"}
PRODUCER_CALLS = {"send_and_wait", "send_batch"}


def bare_broker_calls(source: Source) -> list[str]:
    """FastStream's own ways to subscribe and publish, whose defaults lose records."""
    return [
        f"{source.path}:{call.lineno} .{name}() outside shared/platform/kafka/"
        for call in _calls(source.tree)
        if (name := _name(call)) in BROKER_CALLS | PRODUCER_CALLS and isinstance(call.func, ast.Attribute)
    ]


CLIENTS = {"FastAPI", "Vault", "Accounts", "build", "build_service", "connect", "create_engine", "socket", "open"}
CLIENT_ENDINGS = ("Client", "Broker", "Database", "Producer", "Consumer", "Settings", "Session")


def clients_made_at_import(source: Source) -> list[str]:
    """What talks to the world is made in app.py's functions, never by importing a module."""
    return [
        f"{source.path}:{call.lineno} {name}() is made at import"
        for statement in source.tree.body
        if not _is_main_block(statement)
        for call in _calls_at_import(statement)
        if (name := _name(call)) in CLIENTS or name.endswith(CLIENT_ENDINGS)
    ]


def _is_main_block(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "__name__" in ast.dump(statement.test)


def _calls_at_import(node: ast.AST) -> Iterator[ast.Call]:
    """Calls that run when the module is imported: class bodies too, bodies of functions not."""
    if isinstance(node, (*FUNCTION, ast.Lambda)):
        return
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _calls_at_import(child)


def imports(source: Source) -> Iterator[tuple[int, str]]:
    """Line and module of every import; `from a import b` counts as `a.b` where that is a module of ours."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield node.lineno, inner if _is_module(inner) else node.module


def _is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()


def is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def foreign_imports(source: Source, allowed: Callable[[str], bool]) -> list[str]:
    """Imports beside the standard library that `allowed` does not name."""
    return [
        f"{source.path}:{line} imports {module}"
        for line, module in imports(source)
        if not is_standard(module) and not allowed(module)
    ]


def beginning_with(*names: str) -> Callable[[str], bool]:
    """True for these modules and what lies in them."""
    return lambda module: any(module == name or module.startswith(f"{name}.") for name in names)


def refusals(source: Source) -> Iterator[tuple[int, str]]:
    """Line and code of every `Refused("CODE")`; a choice between codes yields each."""
    for call in _calls(source.tree):
        if _name(call) == "Refused" and call.args:
            codes = [node.value for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)]
            yield from ((call.lineno, code) for code in codes if isinstance(code, str) and is_code(code))


def is_code(text: str) -> bool:
    return len(text) > 3 and text.isupper() and text.replace("_", "").isalnum()


def code_words(source: Source) -> set[str]:
    """Every text of the file that may be a code, wherever it stands."""
    constants = [node.value for node in ast.walk(source.tree) if isinstance(node, ast.Constant)]
    return {value for value in constants if isinstance(value, str) and is_code(value)}


def _calls(tree: ast.AST) -> Sequence[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", None) or getattr(call.func, "attr", ""))
