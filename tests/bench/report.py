"""The figures as a table for people, and as out/bench.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

OUT = Path("out/bench.json")
AIMS = (
    ("registrations/s at the committer", "commits_per_second", "textbook_commits_per_second", "intake_commit_ratio", 8),
    ("registrations/s through HTTP", "http_per_second", "textbook_http_per_second", "intake_http_ratio", 3),
    (
        "events/s, topic to projection",
        "projected_per_second",
        "textbook_projected_per_second",
        "projection_ratio",
        100,
    ),
)
P50_AIM_MS = 50


def peak_mb(pid: int | None) -> float:
    """Most resident memory of a running process, in MB; 0 where the machine does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def table(figures: dict[str, Any]) -> str:
    lines = [f"{'':34}{'ours':>10}{'textbook':>10}{'ratio':>9}{'aim':>8}"]
    for title, ours, textbook, ratio, aim in AIMS:
        shown = f"{figures[ours]:>10,.0f}{figures[textbook]:>10,.0f}{figures[ratio]:>8.1f}x{aim:>7}x"
        lines.append(f"{title:34}{shown}")
    lines.append(f"{'events/s, journal to topic':34}{figures['relayed_per_second']:>10,.0f}")
    lines.append(f"{'202 to projection, p50, ms':34}{figures['p50_ms']:>10,.0f}{'':19}{'< ' + str(P50_AIM_MS):>8}")
    lines.append(f"{'202 to projection, p99, ms':34}{figures['p99_ms']:>10,.0f}")
    lines += [f"{'memory, MB: ' + name:34}{mb:>10,.0f}" for name, mb in figures["memory_mb"].items()]
    return "\n".join(lines)


def keep(figures: dict[str, Any]) -> None:
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(rounded(figures), indent=1) + "\n")
    print(f"\n{figures['servers']}; {figures['machine']}\n\n{table(figures)}\n\nwritten: {OUT}")


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    return round(value, 2) if isinstance(value, float) else value
