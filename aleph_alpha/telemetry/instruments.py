"""The instruments of the metrics, made once for each provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from opentelemetry.context import Context
from opentelemetry.metrics import Counter, Histogram, Meter, MeterProvider

from aleph_alpha.telemetry.conventions import Conventions, Metric
from aleph_alpha.version import __version__

__all__ = ["Instruments", "instruments_of"]

_made: WeakKeyDictionary[MeterProvider, dict[str, Histogram | Counter]] = WeakKeyDictionary()


class Instruments:
    """Records values by the table that says what they are called."""

    def __init__(self, made: Mapping[str, Histogram | Counter]) -> None:
        self._record: dict[str, Callable[..., None]] = {
            name: one.record if isinstance(one, Histogram) else one.add for name, one in made.items()
        }

    def record(self, metric: Metric, value: float, attributes: Mapping[str, Any], context: Context) -> None:
        """One more value; the context links it to its span."""
        self._record[metric.name](value, attributes, context)


def instruments_of(provider: MeterProvider, conventions: Conventions) -> Instruments:
    """Those of a provider; asking again gives the same ones, as making them again would be told in its log."""
    made = _made.setdefault(provider, {})
    meter: Meter | None = None
    for metric in conventions.metrics:
        if metric.name not in made:
            meter = meter or provider.get_meter("aleph_alpha", __version__)
            made[metric.name] = _instrument(meter, metric)
    return Instruments(made)


def _instrument(meter: Meter, metric: Metric) -> Histogram | Counter:
    if metric.kind == "counter":
        return meter.create_counter(metric.name, unit=metric.unit, description=metric.description)
    return meter.create_histogram(
        metric.name,
        unit=metric.unit,
        description=metric.description,
        explicit_bucket_boundaries_advisory=metric.boundaries,
    )
