"""All that the engine tells about itself: its metrics with their meaning, its alarms, its spans."""

from __future__ import annotations

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from shared.platform.traces import Traces

log = structlog.get_logger("alarm")


class EngineMetrics:
    """What the engine counts. Attributes are the only way to count, so the list below is complete."""

    def __init__(self, service: str, registry: CollectorRegistry | None = None, traces: Traces | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.service = service
        self.traces = traces or Traces(service)

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"gelombang_{name}", text, labels, registry=self.registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"gelombang_{name}", text, labels, registry=self.registry)

        self.commits = counter("commits", "Journal rows written")
        self.committed = counter("events_committed", "Events written to the journal")
        self.retried = counter("commit_retries", "Commits tried again after a conflict or a lost connection")
        self.published = counter("events_published", "Events sent to the topic, repeats included")
        self.republished = counter("republications", "Times the whole journal was sent again")
        self.heard = counter("records_heard", "Records read from topics, repeats included", "topic")
        self.unlearned = counter("records_unlearned", "Records of a type without reaction here", "type")
        self.letters = counter("dead_letters", "Records set aside as dead letters", "topic")
        self.gaps = counter("gaps", "Gaps seen in a partition", "topic")
        self.outcomes = counter("effect_outcomes", "Ends of attempts in the outside world", "kind", "state")
        self.alarms = counter("alarms", "Things a person must look at", "code")
        self.door_refused = counter("door_refused", "Requests refused at the door", "lane")
        self.limited = counter("door_limited", "Requests above a limit of attempts", "code")
        self.door_limit = gauge("door_limit", "Requests that may be under way", "lane")
        self.leader = gauge("leader", "1 while this process leads relay, timers and outside work")
        self.unsent = gauge("journal_rows_unsent", "Journal rows not yet acknowledged by the broker")
        self.quarantine = gauge("quarantine", "1 while a restored service waits for confirmation")

    def alarm(self, code: str, **details: object) -> None:
        """Something no retry can mend: counted, and logged with plain details (never personal data)."""
        self.alarms.labels(code).inc()
        log.error(code, service=self.service, **details)
