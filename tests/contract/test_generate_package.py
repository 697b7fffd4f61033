"""How the generated package behaves, whatever the contract says: absent and unknown values, errors, copies, imports."""

from __future__ import annotations

import copy
import doctest
import hashlib
import io
import json
import pickle
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import orjson
import pytest

import aleph_alpha_api
from aleph_alpha_api import UNSET, DecodeError, File, UnexpectedStatus, models
from aleph_alpha_api.api.models import available_models, get_model_tokenizer
from aleph_alpha_api.api.service import version
from aleph_alpha_api.api.tasks import batch_semantic_embed, chat_completions, complete, embeddings, explain, transcribe
from aleph_alpha_api.api.tokens import delete_token
from scripts.regenerate import Paths
from tests.contract.wire import contract

PACKAGE = Path(aleph_alpha_api.__file__).parent

COMPLETION: dict[str, Any] = {
    "model_version": "1",
    "completions": [{"index": 0, "completion": "x", "finish_reason": "end_of_text"}],
    "num_tokens_prompt_total": 1,
    "num_tokens_generated": 1,
}
CHAT: dict[str, Any] = {
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "x"}, "logprobs": None}
    ]
}


# Absent, null, unknown ------------------------------------------------------------------------------------------------


def test_a_request_sends_what_was_set_and_nothing_else() -> None:
    request = models.CompletionRequest(model="m", prompt="p", maximum_tokens=None)
    assert request.to_dict() == {"model": "m", "prompt": "p", "maximum_tokens": None}
    assert request.temperature is UNSET


def test_tags_of_a_union_are_filled_in() -> None:
    request = models.CompletionRequest(
        model="m", prompt=[models.TextPromptItem(data="a"), models.TokenIdsPromptItem(data=[1])]
    )
    assert request.to_dict()["prompt"] == [{"type": "text", "data": "a"}, {"type": "token_ids", "data": [1]}]


def test_unset_is_false_and_shows_its_name() -> None:
    assert not UNSET
    assert repr(UNSET) == "UNSET"


def test_unknown_fields_are_kept_at_every_depth() -> None:
    answer = {**COMPLETION, "new": [1], "completions": [{"index": 0, "completion": "x", "newer": {"a": None}}]}
    parsed = complete.parse_response(200, orjson.dumps(answer))
    assert parsed["new"] == [1]
    assert parsed.completions[0].additional_properties == {"newer": {"a": None}}
    assert parsed.to_dict() == answer


def test_a_known_field_wins_over_an_additional_one_of_its_name() -> None:
    result = models.CompletionResult(completion="x", index=1)
    result["index"] = 2
    assert result.to_dict() == {"completion": "x", "index": 1}


@pytest.mark.parametrize("name", ["tool_calls", "overheated", ""])
def test_an_unknown_enum_member_is_kept_as_its_text(name: str) -> None:
    answer = {"choices": [{**CHAT["choices"][0], "finish_reason": name}]}
    parsed = chat_completions.parse_response(200, orjson.dumps(answer))
    reason = parsed.choices[0].finish_reason
    assert isinstance(reason, models.ChatFinishReason)
    assert isinstance(reason, str)
    assert (reason, str(reason), reason.value) == (name, name, name)
    assert {reason: 1}[name] == 1  # type: ignore[index]
    assert parsed.to_dict() == answer
    assert pickle.loads(pickle.dumps(reason)) == copy.deepcopy(reason) == name


def test_an_unknown_integer_member_is_kept_as_its_number() -> None:
    request = {"prompt": "p", "representation": "query", "compress_to_size": 64}
    size = models.SemanticEmbeddingRequest.from_dict(request).compress_to_size
    assert isinstance(size, models.SemanticEmbeddingCompressToSize)
    assert pickle.loads(pickle.dumps(size)) == size == 64


def test_a_known_member_is_the_member() -> None:
    assert models.ChatRole("user") is models.ChatRole.USER
    assert "judge" not in models.ChatRole.__members__


def test_an_enum_takes_no_value_of_another_type() -> None:
    with pytest.raises(ValueError, match="3 is not a valid ChatRole"):
        models.ChatRole(3)  # type: ignore[arg-type]


# Errors ---------------------------------------------------------------------------------------------------------------


def changed(value: Any, path: list[Any], new: Any = ...) -> Any:
    """A copy with one value replaced, or taken out."""
    value = copy.deepcopy(value)
    *way, last = path
    place = value
    for step in way:
        place = place[step]
    if new is ...:
        del place[last]
    else:
        place[last] = new
    return value


EXPLANATION: dict[str, Any] = {
    "model_version": "1",
    "explanations": [{"target": "t", "items": [{"type": "text", "scores": [{"start": 0, "length": 1, "score": 0.5}]}]}],
}
SCORES = ["explanations", 0, "items", 0, "scores"]
LOGPROBS: dict[str, Any] = {"content": [{"token": "a", "logprob": -1, "bytes": [97], "top_logprobs": []}]}
CHAT_LOGPROBS = changed(CHAT, ["choices", 0, "logprobs"], LOGPROBS)
CONTENT = ["choices", 0, "logprobs", "content", 0]

WRONG_COMPLETIONS = {
    "a field is missing": (["model_version"], ..., "model_version", "is required, but missing"),
    "a text is a number": (["completions", 0, "finish_reason"], 1, "completions[0].finish_reason", "a string or null"),
    "a text is null": (["model_version"], None, "model_version", "expected a string, got null"),
    "an integer is a boolean": (["completions", 0, "index"], True, "completions[0].index", "an integer, got a boolean"),
    "an integer is a fraction": (["num_tokens_generated"], 1.0, "num_tokens_generated", "an integer, got a number"),
    "an array is an object": (["completions"], {}, "completions", "expected an array, got an object"),
    "an object is an array": (["completions", 0], [], "completions[0]", "expected an object, got an array"),
    "a map holds a text": (
        ["completions", 0, "log_probs"],
        [{"a": -1.0}, {"b c": "no"}],
        'completions[0].log_probs[1]["b c"]',
        "expected a number or null, got a string",
    ),
}


@pytest.mark.parametrize(("path", "new", "where", "what"), WRONG_COMPLETIONS.values(), ids=WRONG_COMPLETIONS)
def test_a_wrong_answer_is_refused_with_its_place(path: list[Any], new: Any, where: str, what: str) -> None:
    with pytest.raises(DecodeError) as caught:
        complete.parse_response(200, orjson.dumps(changed(COMPLETION, path, new)))
    assert caught.value.path == where
    assert what in caught.value.message
    assert str(caught.value) == f"{where}: {caught.value.message}"


WRONG_ANSWERS = {
    "deep in a list of lists": (
        batch_semantic_embed,
        {"model_version": "1", "num_tokens_prompt_total": 1, "embeddings": [[0.5, 1], [2, "3"]]},
        "embeddings[1][1]: expected a number, got a string",
    ),
    "an unknown tag": (
        explain,
        changed(EXPLANATION, ["explanations", 0, "items", 0, "type"], "audio"),
        "explanations[0].items[0].type: expected one of 'token_ids', 'target', 'text', 'image', got 'audio'",
    ),
    "a missing tag": (
        explain,
        changed(EXPLANATION, ["explanations", 0, "items", 0, "type"]),
        "explanations[0].items[0].type: expected one of 'token_ids', 'target', 'text', 'image', got null",
    ),
    "inside a member of a union": (
        explain,
        changed(EXPLANATION, [*SCORES, 0, "score"], "high"),
        "explanations[0].items[0].scores[0].score: expected a number, got a string",
    ),
    "no member of a union": (
        explain,
        changed(EXPLANATION, ["explanations", 0, "items", 0], 5),
        "explanations[0].items[0]: expected an object, got an integer",
    ),
    "in a token": (
        chat_completions,
        changed(CHAT_LOGPROBS, [*CONTENT, "bytes"], [1, None]),
        "choices[0].logprobs.content[0].bytes[1]: expected an integer, got null",
    ),
    "an optional object": (
        chat_completions,
        {**CHAT, "usage": "much"},
        "usage: expected an object or null, got a string",
    ),
    "the answer itself": (available_models, {}, "expected an array, got an object"),
    "an item of the response": (available_models, [{"name": "a"}, {}], "[1].name: is required, but missing"),
    "an object is the response": (get_model_tokenizer, [], "expected an object, got an array"),
}


@pytest.mark.parametrize(("module", "answer", "message"), WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_the_path_leads_through_lists_maps_and_unions(module: Any, answer: Any, message: str) -> None:
    with pytest.raises(DecodeError) as caught:
        module.parse_response(200, orjson.dumps(answer))
    assert str(caught.value) == message


def test_numbers_may_be_whole() -> None:
    parsed = chat_completions.parse_response(200, orjson.dumps(CHAT_LOGPROBS))
    assert parsed.to_dict() == CHAT_LOGPROBS


def test_a_list_that_fits_no_kind_of_list_is_refused_once() -> None:
    with pytest.raises(DecodeError, match=r"^input: expected an array of strings or of integers or of arrays$"):
        models.EmbeddingV2Request.from_dict({"model": "m", "input": ["a", 1]})


@pytest.mark.parametrize("value", ["a", ["a"], [1], [[1, 2], []], []])
def test_each_kind_of_list_is_taken(value: Any) -> None:
    assert models.EmbeddingV2Request.from_dict({"model": "m", "input": value}).input_ == value


def test_objects_are_told_apart_by_the_field_only_they_have() -> None:
    document = models.SummarizationRequest.from_dict({"document": {"docx": "AA=="}}).document
    assert document == models.DocxDocument(docx="AA==")
    with pytest.raises(DecodeError, match=r"^document: expected an object with docx or text or prompt$"):
        models.SummarizationRequest.from_dict({"document": {"pdf": "AA=="}})


def test_a_constant_must_be_itself() -> None:
    with pytest.raises(DecodeError, match=r"^type: expected 'stream_chunk', got 'stream_summary'$"):
        models.StreamChunk.from_dict({"type": "stream_summary", "index": 0, "completion": ""})


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"a":', b"\xff\xfe", b"[NaN]", b'"\xed\xa0\x80"'])
def test_what_is_not_json_is_a_decode_error(content: bytes) -> None:
    with pytest.raises(DecodeError, match=r"^not JSON: "):
        complete.parse_response(200, content)


def test_a_decode_error_quotes_no_values() -> None:
    with pytest.raises(DecodeError) as caught:
        complete.parse_response(200, orjson.dumps({**COMPLETION, "completions": "a secret that the user sent"}))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("error", [DecodeError("a[0]", "m"), UnexpectedStatus(302, b"x")])
def test_errors_are_pickled_whole(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.args, vars(again)) == (type(error), error.args, vars(error))
    assert str(again) == str(error)


# Statuses -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 404, 418, 429, 499, 500, 503, 529, 599])
def test_an_error_status_gives_the_apis_error(status: int) -> None:
    parsed = complete.parse_response(status, b'{"error": "no", "code": "QUEUE_FULL"}')
    assert parsed == models.Error(error="no", code="QUEUE_FULL")


@pytest.mark.parametrize("status", [-1, 0, 100, 199, 201, 204, 302, 399, 600, 999, 10**6])
def test_an_undocumented_status_is_raised(status: int) -> None:
    with pytest.raises(UnexpectedStatus) as caught:
        complete.parse_response(status, b"{}")
    assert caught.value.status_code == status


@pytest.mark.parametrize("content", [b"", b"<html>busy</html>", b"[]", b'"no"', b'{"error": 3}'])
def test_an_error_status_without_the_apis_error_is_raised_with_the_body(content: bytes) -> None:
    with pytest.raises(UnexpectedStatus) as caught:
        complete.parse_response(503, content)
    assert caught.value.content == content
    assert "503" in str(caught.value)


def test_answers_may_be_text_or_nothing() -> None:
    assert version.parse_response(200, "4.7.0é".encode()) == "4.7.0é"
    assert delete_token.parse_response(204, b"") is None
    with pytest.raises(DecodeError, match="not UTF-8"):
        version.parse_response(200, b"\xff")


# Requests -------------------------------------------------------------------------------------------------------------


def test_a_request_is_described_for_any_http_library() -> None:
    body = models.CompletionRequest(model="m", prompt="p")
    assert complete.build_request(body=body, nice=True) == {
        "method": "POST",
        "url": "/complete",
        "params": {"nice": "true"},
        "json": {"model": "m", "prompt": "p"},
        "headers": {"Content-Type": "application/json"},
    }
    assert complete.build_request(body=body)["params"] == {}
    assert embeddings.build_request(body=models.EmbeddingV2Request(model="m", input_="a"))["url"] == "/embeddings"


def test_path_parameters_are_quoted() -> None:
    assert get_model_tokenizer.build_request("a/b c?")["url"] == "/models/a%2Fb%20c%3F/tokenizer"


def test_a_form_is_described_by_its_parts_and_leaves_the_boundary_to_the_sender() -> None:
    audio = File(payload=io.BytesIO(b"RIFF"), file_name="a.wav", mime_type="audio/wav")
    body = models.TranscribeRequest(audiofile=audio, metadata=models.TranscribeMetadata(model="m"))
    request = transcribe.build_request(body=body)
    assert request["headers"] == {}
    parts = dict(request["files"])
    assert parts["audiofile"] == ("a.wav", audio.payload, "audio/wav")
    name, content, content_type = parts["metadata"]
    assert (name, json.loads(content), content_type) == (None, {"model": "m"}, "application/json")


# Copies ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_models_copy_and_pickle(again: Any) -> None:
    model = models.CompletionRequest.from_dict(
        {"model": "m", "prompt": [{"type": "text", "data": "a", "controls": []}], "hosting": "mars", "new": {"a": 1}}
    )
    other = again(model)
    assert other is not model
    assert other == model
    assert other.to_dict() == model.to_dict()
    assert other.tags is UNSET


def test_decoding_leaves_the_source_alone() -> None:
    source = {**COMPLETION, "new": 1}
    before = copy.deepcopy(source)
    models.CompletionResponse.from_dict(source)["newer"] = 2
    assert source == before


# The package ----------------------------------------------------------------------------------------------------------


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_models_are_imported_one_by_one_and_without_an_http_library() -> None:
    loaded = python(
        "import sys\n"
        "from aleph_alpha_api.models import CompletionRequest\n"
        "from aleph_alpha_api.api.tasks import complete\n"
        "print(*sorted(sys.modules))"
    ).split()
    assert "aleph_alpha_api.models.completion_request" in loaded
    assert "aleph_alpha_api.models.chat_request" not in loaded
    assert not {"httpx", "requests", "dateutil", "aleph_alpha"} & set(loaded)


def test_every_model_is_offered_and_nothing_else() -> None:
    assert set(models.__all__) <= set(dir(models))
    for name in models.__all__:
        assert getattr(models, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = models.Nothing  # type: ignore[attr-defined]


def test_the_usage_in_the_docstring_works() -> None:
    result = doctest.testmod(aleph_alpha_api)
    assert result.failed == 0
    assert result.attempted > 0


def test_the_contract_comes_with_the_package() -> None:
    packaged = json.loads(resources.files(aleph_alpha_api).joinpath("openapi.json").read_text(encoding="utf-8"))
    assert packaged == contract()
    assert packaged["info"]["version"] == aleph_alpha_api.SPEC_VERSION
    assert hashlib.sha256(Paths().spec.read_bytes()).hexdigest() == aleph_alpha_api.SPEC_SHA256
    assert aleph_alpha_api.SPEC_SHA256 in (aleph_alpha_api.__doc__ or "")


def test_every_file_says_that_it_is_generated_and_the_package_that_it_is_typed() -> None:
    files = list(PACKAGE.rglob("*.py"))
    assert len(files) > 100
    assert [path for path in files if not path.read_text(encoding="utf-8").startswith("# Generated from ")] == []
    assert (PACKAGE / "py.typed").exists()
    assert not (PACKAGE / "client.py").exists()
