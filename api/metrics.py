"""Figures of a server, as Prometheus reads them: few names, and labels of which there are few values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from geo import product

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"  # the text format of Prometheus
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the folder in which workers share their counts
_PREFIX = product.COMMAND.replace("-", "_")
_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2, 10)

Gauge = tuple[str, str, float | None]  # name, meaning, value; None where it is not known


class Metrics:
    """Counts of one server; those of several workers are added up where a folder is named for them."""

    def __init__(self) -> None:
        own = CollectorRegistry()
        labels = ("method", "route", "status")
        took = f"{_PREFIX}_http_request_seconds"
        self._requests = Counter(f"{_PREFIX}_http_requests", "Requests answered", labels, registry=own)
        self._seconds = Histogram(took, "From a request to its answer", ("route",), buckets=_SECONDS, registry=own)
        self._refused = Counter(f"{_PREFIX}_refused", "What a bound refused, by its rule", ("rule",), registry=own)
        self._faults = Counter(f"{_PREFIX}_store_faults", "Faults of the store, by rule", ("rule",), registry=own)
        of_hooks = f"{_PREFIX}_hook_messages"
        self._messages = Counter(of_hooks, "Messages to web hooks, by whether they arrived", ("result",), registry=own)
        self._own = own
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        series = self._series.get((method, route, status))
        if series is None:
            known = method if method in _METHODS else "other"
            made = self._requests.labels(known, route, str(status)), self._seconds.labels(route)
            series = self._series.setdefault((known, route, status), made)
        series[0].inc()
        series[1].observe(seconds)

    def refused(self, rule: str) -> None:
        """Count what a bound refused."""
        self._refused.labels(rule).inc()

    def store_fault(self, rule: str) -> None:
        """Count a fault of the store."""
        self._faults.labels(rule).inc()

    def hook_message(self, result: str) -> None:
        """Count a message to a web hook, which has `arrived` or `failed`."""
        self._messages.labels(result).inc()

    def text(self, gauges: Callable[[], Iterable[Gauge]]) -> bytes:
        """Return all figures, with those that are looked up now."""
        registry = CollectorRegistry()
        if os.environ.get(SHARED):
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        else:
            registry.register(_Given(self._own.collect))
        registry.register(_Given(lambda: _families(gauges())))
        return generate_latest(registry)


_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class _Given(Collector):
    def __init__(self, collect: Callable[[], Iterable[Metric]]) -> None:
        self._collect = collect

    def collect(self) -> Iterable[Metric]:
        return self._collect()


def _families(gauges: Iterable[Gauge]) -> Iterator[Metric]:
    for name, meaning, value in gauges:
        if value is not None:
            yield GaugeMetricFamily(f"{_PREFIX}_{name}", meaning, value)
