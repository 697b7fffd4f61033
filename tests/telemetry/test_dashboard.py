"""The dashboard and the collector's configuration of the guide: they name what there is."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import REGISTRY

from aleph_alpha import Client, EmbeddingV2Request, Telemetry
from aleph_alpha.errors import NotFoundError
from aleph_alpha.telemetry.conventions import CONVENTIONS
from aleph_alpha.testing import LocalServer
from tests._sync.sending import REQUEST, client_for
from tests._sync.test_telemetry import STREAMED, WHOLE
from tests.event_streams import Streaming

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "telemetry"
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
QUERIES = [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]]
METRIC = re.compile(r"\b((?:gen_ai|aleph_alpha)_client_\w+)(?=[\[{])")
LABEL = re.compile(r"\b((?:gen_ai|aleph_alpha)_(?:request|operation|token)_\w+|error_type)\b")


@pytest.fixture(scope="module")
def exposed(aleph_alpha_server: LocalServer) -> dict[str, set[str]]:
    """Samples as Prometheus gets them, by their names, each with its labels: of both versions of the conventions."""
    found: dict[str, set[str]] = {}
    for conventions in CONVENTIONS:
        reader = PrometheusMetricReader()
        try:
            meters = MeterProvider([reader], shutdown_on_exit=False)
            telemetry = Telemetry(conventions=conventions, meter_provider=meters)
            with Client("token", aleph_alpha_server.url, telemetry=telemetry) as client:
                client.models()
                client.complete(REQUEST, "toy-base")
                client.embeddings(EmbeddingV2Request("a"), "toy-embedding")
                with suppress(NotFoundError):
                    client.complete(REQUEST, "no-such-model")
                with suppress(NotFoundError):
                    client.embeddings(EmbeddingV2Request("a"), "no-such-model")
                with suppress(NotFoundError):
                    client.delete_token(0)
            assert client_for(Streaming(*WHOLE), telemetry=telemetry).stream_chat(STREAMED).final()
            for family in REGISTRY.collect():
                for sample in family.samples:
                    found.setdefault(sample.name, set()).update(sample.labels)
        finally:
            REGISTRY.unregister(reader._collector)
    return found


@pytest.mark.parametrize(("title", "query"), QUERIES)
def test_each_query_names_metrics_and_labels_that_there_are(
    title: str, query: str, exposed: dict[str, set[str]]
) -> None:
    names = METRIC.findall(query)
    assert names
    for part in query.split(" or "):
        [name] = METRIC.findall(part)
        assert name in exposed, f"{title}: {name} is not among {sorted(exposed)}"
        labels = set(LABEL.findall(part.replace(name, "")))
        assert labels, f"{title}: it looks at no label"
        assert labels <= exposed[name], f"{title}: {labels - exposed[name]} is not a label of {name}"


def test_each_metric_is_in_the_dashboard(exposed: dict[str, set[str]]) -> None:
    shown = {name for _, query in QUERIES for name in METRIC.findall(query)}
    for conventions in CONVENTIONS.values():
        for metric in conventions.metrics:
            name = metric.name.replace(".", "_")
            if ".operation.input_tokens" in metric.name or ".operation.output_tokens" in metric.name:
                continue  # distributions: what was used in all is told by the counters
            assert any(one.startswith(name) for one in shown), name


def test_the_dashboard_is_one() -> None:
    assert {panel["type"] for panel in DASHBOARD["panels"]} == {"timeseries"}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    variables = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD))) - {"__rate_interval"}
    assert used == variables
    for _, query in QUERIES:
        for opening, closing in ("()", "{}", "[]"):
            assert query.count(opening) == query.count(closing)


def test_the_pipelines_of_the_collector_are_made_of_what_it_declares() -> None:
    config: Any = yaml.safe_load((FOLDER / "collector.yaml").read_text("utf-8"))
    for pipeline in config["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            assert set(names) <= config[kind].keys()
    declared = {name for kind in ("receivers", "processors", "exporters") for name in config[kind]}
    used = {
        name for pipeline in config["service"]["pipelines"].values() for names in pipeline.values() for name in names
    }
    assert declared == used
    deleted = {action["key"] for action in config["processors"]["attributes/no_content"]["actions"]}
    assert deleted == {"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.definitions"}
