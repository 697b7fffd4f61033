"""Requests that schemathesis makes of the document: what is valid succeeds, nothing breaks the server.

Each valid request is sent as it was generated. If it is refused, the refusal has to name a rule that a JSON Schema
cannot express (`Rule` in `testing.server.problems`); the request is then made to obey that rule (`repairs.py`) and sent
again. In the end 95 % of the requests to each operation have to succeed.
"""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks, openapi
from schemathesis.core.result import Ok

from aleph_alpha.testing.server import contract
from aleph_alpha.testing.server.problems import Rule
from tests.server.client import CheckedClient
from tests.server.repairs import REPAIRS, model_for, repair

pytestmark = pytest.mark.slow

DOCUMENT = contract.load()
SCHEMA = openapi.from_dict(dict(DOCUMENT.document))
OPERATIONS = {
    result.ok().definition.raw["operationId"]: result.ok()
    for result in SCHEMA.get_all_operations()
    if isinstance(result, Ok)
}
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
]
VALID, INVALID = 25, 12
ENOUGH = 0.95


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )


def _send(api: CheckedClient, operation_id: str, case: Any) -> Any:
    """The response, once it follows the contract: by schemathesis, and by our own checks for event streams."""
    response = case.call(base_url=api.server.url, headers={"authorization": "Bearer any"})
    content_type = response.headers.get("content-type", [""])[0]
    case.validate_response(response, checks=CHECKS)
    # A text that happens to be YAML, and events, whose payload is meant by the document, are read otherwise by it.
    if content_type == "application/json":
        case.validate_response(response, checks=[checks.response_schema_conformance])
    DOCUMENT.operations[operation_id].check_response(response.status_code, content_type, response.content)
    return response


def _repair(api: CheckedClient, operation_id: str, case: Any, rule: Rule) -> None:
    """Makes a request obey a rule, wherever the fault is."""
    if rule is Rule.DELETED:
        token = api.call("newToken", {"description": "to be deleted"})
        case.path_parameters = {"token_id": token["metadata"]["token_id"]}
    elif operation_id == "getModelTokenizer":
        case.path_parameters = {"modelName": model_for(operation_id)}
    elif operation_id == "transcribe":
        case.body["metadata"]["model"] = model_for(operation_id)
    else:
        repair(rule, operation_id, case.body)


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_valid_requests_succeed_or_break_a_named_rule(api: CheckedClient, operation_id: str) -> None:
    refusals: Counter[str] = Counter()
    outcomes: list[bool] = []

    @_settings(VALID)
    @given(case=OPERATIONS[operation_id].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def run(case: Any) -> None:
        case.body = copy.deepcopy(case.body)
        broken: set[Rule] = set()
        response = _send(api, operation_id, case)
        while response.status_code >= 400:
            names = response.headers.get("x-refused-by")
            assert names, f"refused without a rule: {response.text}"
            rule = Rule[names[0]]
            refusals[rule.name] += 1
            if rule in broken:
                break
            broken.add(rule)
            _repair(api, operation_id, case, rule)
            response = _send(api, operation_id, case)
        outcomes.append(response.status_code < 400)

    run()
    assert outcomes.count(True) >= ENOUGH * len(outcomes), refusals


@pytest.mark.parametrize("operation_id", [name for name, operation in OPERATIONS.items() if operation.body])
def test_invalid_requests_are_refused_and_break_nothing(api: CheckedClient, operation_id: str) -> None:
    invalid = 0

    @_settings(INVALID)
    @given(case=OPERATIONS[operation_id].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def run(case: Any) -> None:
        nonlocal invalid
        response = _send(api, operation_id, case)
        if response.status_code < 400:  # it was the query or a header that the document does not know
            DOCUMENT.operations[operation_id].check_body(case.body)
        else:
            invalid += 1

    run()
    assert invalid


def test_every_rule_has_a_repair() -> None:
    assert set(REPAIRS) == set(Rule) - {Rule.DELETED}
