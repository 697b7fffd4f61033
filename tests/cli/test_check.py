"""`aleph-alpha check`: what is wrong is named, with what to do, and what comes after it is left out."""

from __future__ import annotations

from typing import Any

import pytest

from aleph_alpha.testing import LocalServer
from aleph_alpha.testing.faults import BadJson, Status
from tests.cli.running import Here


def steps(here: Here, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    ended = here("check", "--json", *words)
    report = ended.records[0]
    assert report["ok"] == (ended.code == 0)
    return ended.code, {step["name"]: step for step in report["steps"]}


def states(found: dict[str, dict[str, Any]]) -> str:
    return " ".join(step["state"] for step in found.values())


def test_all_is_well(here: Here) -> None:
    code, found = steps(here)
    assert (code, states(found)) == (0, "ok ok ok ok ok ok")
    assert list(found) == ["client", "settings", "connection", "token", "models", "contract"]


def test_a_missing_token_is_the_first_thing_told(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AA_TOKEN")
    code, found = steps(here)
    assert (code, states(found)) == (4, "ok failed skipped skipped skipped skipped")


def test_a_dead_host_is_told_with_what_to_look_at(here: Here) -> None:
    code, found = steps(here, "--host=http://127.0.0.1:9")
    assert (code, states(found)) == (1, "ok ok failed skipped skipped skipped")
    assert "AA_PROXY" in found["connection"]["hint"]


def test_a_refused_token_is_told_from_a_dead_host(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AA_TOKEN", "bad")
    code, found = steps(here)
    assert (code, states(found)) == (4, "ok ok ok failed skipped skipped")
    assert "config set token" in found["token"]["hint"]


def test_an_old_version_is_told(here: Here, server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from aleph_alpha import Client

    monkeypatch.setattr(Client, "get_version", lambda client: "1.2.3")
    code, found = steps(here)
    assert code == 1
    assert "works with API" in found["connection"]["message"]


def test_a_deployment_without_accounts_is_no_failure(here: Here, server: LocalServer) -> None:
    with server.faults.add(Status(404), path="/users/me"):
        code, found = steps(here)
    assert (code, found["token"]["state"]) == (0, "ok")


def test_a_document_that_cannot_be_compared_is_a_warning(here: Here, server: LocalServer) -> None:
    with server.faults.add(Status(404), path="/openapi.yaml"):
        code, found = steps(here)
    assert (code, found["contract"]["state"]) == (0, "warning")


def test_problems_of_the_contract_are_listed(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    from aleph_alpha import Client

    document = '{"openapi": "3.0.0", "info": {"version": "9.0"}, "paths": {}}'
    monkeypatch.setattr(Client, "openapi_document", lambda client: document)
    _, found = steps(here)
    assert found["contract"]["state"] == "warning"
    assert len(found["contract"]["details"]) > 10
    shown = here("check").out
    assert "--json shows all" in shown
    assert len(shown.splitlines()) < 25


def test_older_deployments_have_a_shorter_list_of_models(here: Here, server: LocalServer) -> None:
    with server.faults.add(Status(404), path="/model-settings"):
        rows = here("models", "--json").records
    assert {"toy-base", "toy-chat"} <= {row["name"] for row in rows}
    assert "semantic_embed" in next(row for row in rows if row["name"] == "toy-base")["can"]


def test_a_broken_response_is_told(here: Here, server: LocalServer) -> None:
    with server.faults.add(BadJson("not_json"), path="/models_available"):
        code, found = steps(here)
    assert (code, found["models"]["state"], found["contract"]["state"]) == (1, "failed", "skipped")
