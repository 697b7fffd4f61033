"""The loads of `python -m benchmarks.outages` in small, with this client only, over real sockets and real time."""

from __future__ import annotations

import shutil
import sys
from typing import Any

import pytest

from benchmarks.outages.__main__ import measure
from benchmarks.outages.scenarios import Scenario

pytestmark = pytest.mark.slow

kinds = pytest.mark.parametrize("kind", ["client_async", "client_threads"])


def measured(kind: str, server: dict[str, Any], load: dict[str, Any], place: str = "direct") -> dict[str, Any]:
    return measure(Scenario("", server, load, place=place), (sys.executable, kind))


@kinds
@pytest.mark.parametrize("status", [500, 503])
def test_an_outage_of_some_seconds_loses_no_call(kind: str, status: int) -> None:
    told = measured(kind, {"status": status, "seconds": 2}, {"calls": 60, "at_once": 30})
    assert told["lost"] == 0
    assert told["requests"] <= 2 * 60


@kinds
@pytest.mark.parametrize("status", [500, 503])
def test_an_outage_that_a_client_in_use_meets_costs_at_most_two_requests_a_call(kind: str, status: int) -> None:
    server = {"status": status, "seconds": 2, "healthy": 30}
    told = measured(kind, server, {"calls": 30, "at_once": 30, "before": True})
    assert told["lost"] == 0
    assert told["requests"] <= 2 * 30


@kinds
def test_a_server_that_is_stopped_and_started_again_loses_no_call(kind: str) -> None:
    server = {"gone": 0.5, "gently": True, "service": 0.01}
    told = measured(kind, server, {"calls": 100, "at_once": 20, "least": 2.0})
    assert told["lost"] == 0
    assert told["requests"] <= 1.1 * told["calls"]


@pytest.mark.parametrize("kind", ["many_async", "many_threads"])
def test_an_outage_loses_nothing_of_many_requests(kind: str) -> None:
    told = measured(kind, {"status": 503, "seconds": 1}, {"calls": 60})
    assert told["lost"] == 0
    assert told["requests"] <= 2 * 60


@kinds
@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_a_gateway_whose_upstream_is_gone_loses_no_call(kind: str) -> None:
    load = {"calls": 64, "at_once": 32, "least": 2.0}
    told = measured(kind, {"gone": 0.5, "service": 0.01}, load, "nginx")
    assert told["lost"] == 0


@kinds
def test_a_full_server_loses_no_call(kind: str) -> None:
    told = measured(kind, {"capacity": 8, "service": 0.05}, {"calls": 200, "at_once": 60})
    assert told["lost"] == 0
    assert told["failed"] < 200


def test_an_outage_longer_than_the_schedule_ends_every_call() -> None:
    load = {"calls": 100, "at_once": 100, "total_retries": 2}
    told = measured("client_async", {"seconds": 1e6}, load)
    assert told["lost"] == 100
    assert told["first"] >= 0.4  # 0.25 and 0.5 s, each shorter by up to a quarter
    assert told["requests"] <= 200
