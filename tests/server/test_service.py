"""Models, account, tokens, and how requests are checked."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from aleph_alpha.testing.server import catalogue, contract
from aleph_alpha.testing.server.routes import HANDLERS
from tests.server.client import CheckedClient

COMPLETE = {"model": "toy-base", "prompt": "An apple a day", "maximum_tokens": 4}
CHAT = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
# What to ask a model for to see whether it can do it: operation, body, what the model list says.
ABILITIES: list[tuple[str, dict[str, Any], str, set[Any]]] = [
    ("complete", {"prompt": "a", "maximum_tokens": 1}, "completion_type", {"full"}),
    ("evaluate", {"prompt": "a", "completion_expected": "b"}, "completion_type", {"full"}),
    ("explain", {"prompt": "a", "target": "b"}, "completion_type", {"full"}),
    ("chatCompletions", CHAT, "chat", {True}),
    ("semanticEmbed", {"prompt": "a", "representation": "query"}, "semantic_embedding", {True}),
    ("embed", {"prompt": "a", "layers": [0], "pooling": ["mean"]}, "semantic_embedding", {True}),
    ("instructableEmbed", {"input": "a", "instruction": "b"}, "embedding_type", {"instructable"}),
    ("embeddings", {"input": "a"}, "embedding_type", {"raw"}),
]


class TestModels:
    @pytest.mark.parametrize(
        ("operation", "body", "setting", "values"), ABILITIES, ids=lambda v: v if isinstance(v, str) else ""
    )
    def test_settings_say_truthfully_what_a_model_can_do(
        self, api: CheckedClient, operation: str, body: dict[str, Any], setting: str, values: set[Any]
    ) -> None:
        found = set()
        for settings in api.call("modelSettings"):
            response = api.send(operation, {**body, "model": settings["name"]})
            can = settings[setting] in values
            found.add(can)
            assert (response.status_code == 200) == can, (settings, response.text)
            if not can:
                assert response.json()["code"] == "MISSING_CAPABILITY"
        assert found == {True, False}

    def test_both_lists_agree(self, api: CheckedClient) -> None:
        settings = {entry["name"]: entry for entry in api.call("modelSettings")}
        available = {entry["name"]: entry for entry in api.call("availableModels")}
        assert settings.keys() == available.keys()
        for name, entry in settings.items():
            assert entry["multimodal"] == available[name]["image_support"]
            for field in ("max_context_size", "maximum_completion_tokens", "aligned", "description"):
                assert entry[field] == available[name][field]

    def test_none_can_be_taken_for_a_real_one(self, api: CheckedClient) -> None:
        for entry in api.call("modelSettings"):
            assert entry["name"].startswith("toy-")
            assert "not a real model" in entry["description"]
        assert api.complete("a")["model_version"].startswith("toy-")

    def test_without_a_model_the_first_that_can_is_used(self, api: CheckedClient) -> None:
        body = {"prompt": "a", "representation": "query"}
        assert api.call("semanticEmbed", body) == api.call("semanticEmbed", {**body, "model": "toy-base"})

    @pytest.mark.parametrize("operation", ["complete", "evaluate", "tokenize"])
    def test_an_unknown_one_is_a_404_that_lists_those_there_are(self, api: CheckedClient, operation: str) -> None:
        body = {"prompt": "a", "completion_expected": "b", "tokens": True, "token_ids": True, "model": "luminous-base"}
        status, code, message = api.refused(operation, body)
        assert (status, code) == (404, "UNKNOWN_MODEL")
        assert "toy-base" in message

    def test_an_unknown_one_has_no_tokenizer(self, api: CheckedClient) -> None:
        assert api.refused("getModelTokenizer", path={"modelName": "x"})[:2] == (404, "UNKNOWN_MODEL")


class TestService:
    def test_serves_the_document_it_works_by_as_yaml(self, api: CheckedClient) -> None:
        assert yaml.safe_load(api.send("openapiDocument").text) == contract.load().document

    def test_answers_the_version_of_the_document(self, api: CheckedClient) -> None:
        assert api.send("version").text == contract.load().document["info"]["version"]

    def test_every_operation_has_a_handler_and_every_handler_an_operation(self) -> None:
        assert set(HANDLERS) == set(contract.load().operations)

    def test_both_roots_serve_every_operation(self, api: CheckedClient) -> None:
        for operation in contract.load().operations.values():
            path = operation.path.format(token_id="x", modelName="x")
            for prefix in ("", "/v1"):
                response = api.http.request(operation.method, f"{api.server.url}{prefix}{path}")
                assert response.status_code not in (404, 405) or "known to this server" in response.text

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/nothing", 404),
            ("GET", "/version/", 404),
            ("GET", "/v1//version", 404),
            ("DELETE", "/complete", 405),
        ],
    )
    def test_other_paths_and_methods_get_the_apis_error_body(
        self, api: CheckedClient, method: str, path: str, status: int
    ) -> None:
        response = api.http.request(method, api.server.url + path)
        assert response.status_code == status
        assert set(response.json()) == {"error", "code"}


class TestTokens:
    def test_without_one_it_is_a_401(self, api: CheckedClient) -> None:
        for operation in contract.load().operations.values():
            path = operation.path.format(token_id=1, modelName="toy-base")
            for value in ("", "Bearer", "Basic x", "token"):
                response = api.http.request(operation.method, api.server.url + path, headers={"authorization": value})
                assert (response.status_code == 401) == operation.needs_token
                if operation.needs_token:
                    assert response.json()["code"] == "UNAUTHORIZED"

    def test_any_is_accepted_unless_one_was_configured(self, api: CheckedClient) -> None:
        assert api.send("me", headers={"authorization": "Bearer whatever"}).status_code == 200
        with CheckedClient(token="secret") as strict:
            assert strict.send("me").status_code == 200
            assert strict.refused("me", headers={"authorization": "Bearer whatever"})[0] == 401

    def test_created_ones_work_until_they_are_deleted(self) -> None:
        with CheckedClient(token="secret") as client:
            created = client.call("newToken", {"description": "for a test"})
            headers = {"authorization": f"Bearer {created['token']}"}
            assert client.call("listTokens") == [created["metadata"]]
            assert client.send("me", headers=headers).status_code == 200
            token_id = created["metadata"]["token_id"]
            assert client.send("deleteToken", path={"token_id": token_id}).status_code == 204
            assert client.call("listTokens") == []
            assert client.refused("me", headers=headers)[0] == 401
            assert client.refused("deleteToken", path={"token_id": token_id})[0] == 404

    def test_a_deleted_one_is_refused_also_where_any_is_accepted(self, fresh_api: CheckedClient) -> None:
        created = fresh_api.call("newToken", {"description": "x"})
        fresh_api.send("deleteToken", path={"token_id": created["metadata"]["token_id"]})
        assert fresh_api.refused("me", headers={"authorization": f"Bearer {created['token']}"})[0] == 401

    def test_all_of_them_are_different(self, fresh_api: CheckedClient) -> None:
        created = [fresh_api.call("newToken", {"description": "x"}) for _ in range(3)]
        assert len({token["token"] for token in created}) == 3
        assert [token["metadata"]["token_id"] for token in created] == [1, 2, 3]

    def test_a_login_sets_a_cookie_that_stands_for_one(self) -> None:
        with CheckedClient(token="secret") as client:
            response = client.send("login", {"email": "a@b.c", "password": "x"}, headers={"authorization": ""})
            assert response.json()["email"] == "a@b.c"
            assert client.send("me", headers={"authorization": ""}).status_code == 200
            client.http.cookies.clear()
            assert client.refused("me", headers={"authorization": ""})[0] == 401


class TestRecentRequests:
    def test_are_those_that_were_sent_newest_first(self, fresh_api: CheckedClient) -> None:
        answer = fresh_api.complete("An apple a day", maximum_tokens=4)
        fresh_api.events("complete", {**COMPLETE, "stream": True})
        fresh_api.call("rerank", {"query": "a", "documents": ["b"]})
        fresh_api.refused("complete", {"model": "toy-base"})
        entries = fresh_api.call("recentRequests")
        assert [entry["request_type"] for entry in entries] == ["rerank", "complete", "complete"]
        assert entries[0]["model_name"] == "toy-reranker"
        for entry in entries[1:]:
            assert entry["model_name"] == "toy-base"
            assert entry["token_count_prompt"] == answer["num_tokens_prompt_total"]
            assert entry["token_count_completion"] == answer["num_tokens_generated"]

    def test_no_more_than_a_hundred_are_kept(self, fresh_api: CheckedClient) -> None:
        for _ in range(105):
            fresh_api.call("detokenize", {"model": "toy-base", "token_ids": []})
        assert len(fresh_api.call("recentRequests")) == 100


class TestChecks:
    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/"),
            ({"model": "toy-base"}, "/"),
            ({**COMPLETE, "maximum_tokens": "1"}, "/maximum_tokens"),
            ({**COMPLETE, "maximum_tokens": True}, "/maximum_tokens"),
            ({**COMPLETE, "maximum_tokens": -1}, "/maximum_tokens"),
            ({**COMPLETE, "log_probs": 21}, "/log_probs"),
            ({**COMPLETE, "stop_sequences": ["a", 1]}, "/stop_sequences/1"),
            ({**COMPLETE, "prompt": {"type": "text", "data": "a"}}, "/prompt"),
            ({**COMPLETE, "prompt": [{"type": "text", "data": "a"}, {"type": "text"}]}, "/prompt/1"),
            ({**COMPLETE, "hosting": "elsewhere"}, "/hosting"),
            ({**COMPLETE, "sequence_penalty_min_length": 1}, "/sequence_penalty_min_length"),
            ([], "/"),
            ("text", "/"),
        ],
    )
    def test_a_body_that_does_not_follow_the_document_is_refused_with_the_pointer_of_the_fault(
        self, api: CheckedClient, body: Any, pointer: str
    ) -> None:
        status, code, message = api.refused("complete", body)
        assert (status, code) == (400, "INVALID_REQUEST")
        assert message.partition(":")[0] == pointer

    @pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a": NaN}', b'"\\ud800"', b"1e999"])
    def test_a_body_that_is_no_json_is_refused(self, api: CheckedClient, content: bytes) -> None:
        headers = {"content-type": "application/json"}
        status, code, _ = api.refused("complete", content=content, headers=headers)
        assert (status, code) == (400, "INVALID_REQUEST")

    def test_the_content_type_has_to_be_json(self, api: CheckedClient) -> None:
        _, code, message = api.refused("complete", content=b"{}", headers={"content-type": "text/plain"})
        assert code == "INVALID_REQUEST"
        assert "application/json" in message
        headers = {"content-type": "application/json; charset=utf-8"}
        assert "content-type" not in api.refused("complete", content=b"{}", headers=headers)[2]

    def test_a_long_value_is_not_repeated_in_full(self, api: CheckedClient) -> None:
        message = api.refused("complete", {**COMPLETE, "prompt": {"type": "text", "data": "x" * 10000}})[2]
        assert len(message) < 500

    @pytest.mark.parametrize(("value", "status"), [("true", 200), ("false", 200), ("1", 400), ("", 400), ("True", 400)])
    def test_nice_is_a_boolean(self, api: CheckedClient, value: str, status: int) -> None:
        response = api.send("complete", COMPLETE, params={"nice": value})
        assert response.status_code == status
        if status == 400:
            assert response.json()["error"].startswith("/query/nice:")

    def test_a_token_id_in_the_path_is_a_number(self, api: CheckedClient) -> None:
        assert api.refused("deleteToken", path={"token_id": "x"})[2].startswith("/path/token_id:")

    def test_fields_that_the_document_does_not_know_are_let_through(self, api: CheckedClient) -> None:
        assert api.complete("An apple a day", maximum_tokens=4, tags=["x"], hosting=None, unheard_of=1)["completions"]

    def test_rules_beyond_the_document_are_named_in_a_header(self, api: CheckedClient) -> None:
        assert api.send("complete", {**COMPLETE, "n": 0}).headers["x-refused-by"] == "COUNT"
        assert "x-refused-by" not in api.send("complete", {}).headers


def test_every_model_can_do_something() -> None:
    assert all(model.capabilities for model in catalogue.MODELS)
