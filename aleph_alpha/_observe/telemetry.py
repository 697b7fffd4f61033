"""What a client does with OpenTelemetry, where the program uses it: the option `telemetry` in full."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from aleph_alpha.errors import InvalidRequestError

if TYPE_CHECKING:
    from opentelemetry._logs import LoggerProvider
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

__all__ = ["Capture", "Conventions", "Telemetry"]

Capture = Literal["NO_CONTENT", "SPAN_ONLY", "EVENT_ONLY", "SPAN_AND_EVENT"]
Conventions = Literal["released", "latest"]


@dataclass(frozen=True)
class Telemetry:
    """How calls are told to OpenTelemetry. What is ``None`` is for the environment to say.

    Parameters:
        conventions: ``"released"``: the names that the released instrumentations for Python have; ``"latest"``: those
            of the conventions for generative AI as they are now. By default ``"latest"`` where
            ``OTEL_SEMCONV_STABILITY_OPT_IN`` has ``gen_ai_latest_experimental`` in it, else ``"released"``.
        content: whether the texts of requests and responses are recorded, and where: ``"NO_CONTENT"``,
            ``"SPAN_ONLY"``, ``"EVENT_ONLY"``, ``"SPAN_AND_EVENT"``. By default
            ``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT``, else ``"NO_CONTENT"``.
        content_length: characters of each text that are recorded, 1 or more.
        tracer_provider, meter_provider, logger_provider: in place of the global ones.

    Raises:
        InvalidRequestError: a value that is none of these.

    >>> Telemetry(content="SPAN_ONLY", content_length=1_000).content
    'SPAN_ONLY'
    """

    conventions: Conventions | None = None
    content: Capture | None = None
    content_length: int = 4_096
    tracer_provider: TracerProvider | None = field(default=None, repr=False)
    meter_provider: MeterProvider | None = field(default=None, repr=False)
    logger_provider: LoggerProvider | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name, value, known in (
            ("conventions", self.conventions, get_args(Conventions)),
            ("content", self.content, get_args(Capture)),
        ):
            if value is not None and value not in known:
                raise InvalidRequestError(f"Telemetry.{name} must be one of {', '.join(known)} or None, got {value!r}")
        length = self.content_length
        if isinstance(length, bool) or not isinstance(length, int):
            raise InvalidRequestError(f"Telemetry.content_length must be an integer, got {length!r}")
        if length < 1:
            raise InvalidRequestError(f"Telemetry.content_length must be 1 or greater, got {length}")
