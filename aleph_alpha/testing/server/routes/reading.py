"""What reads texts by toy rules: rerank, translate, transcribe, questions and summaries."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aleph_alpha.testing.server.call import Handler, ServerCall, ServerResponse
from aleph_alpha.testing.server.catalogue import Capability
from aleph_alpha.testing.server.model import audio, documents, extracting, translating
from aleph_alpha.testing.server.model.words import relevance
from aleph_alpha.testing.server.problems import Rule, invalid
from aleph_alpha.testing.server.state import TaskUsage

_SEGMENT_SECONDS = 10
_MOST_SEGMENTS = 360


def _rerank(call: ServerCall) -> ServerResponse:
    toy = call.model(Capability.RERANK)
    query, listed = call.body["query"], call.body["documents"]
    results = [{"index": i, "relevance_score": float(relevance(query, text))} for i, text in enumerate(listed)]
    results.sort(key=lambda result: -result["relevance_score"])
    top = call.body.get("top_n")
    bpe = call.server.model.bpe
    total = sum(len(bpe.encode(text).ids) for text in [query, *listed])
    call.usage = TaskUsage(toy.name, total)
    # Recorded: only the total is filled.
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": total}
    return {"results": results if top is None else results[: max(0, int(top))], "usage": usage}


def _translate(call: ServerCall) -> ServerResponse:
    toy = call.model(Capability.TRANSLATE)
    language = call.body["target_language"].lower().partition("-")[0]
    if language not in translating.languages():
        message = f"{language[:40]!r} is not one of {', '.join(translating.languages())}."
        raise invalid("/target_language", message, Rule.TARGET_LANGUAGE)
    source = call.body["source"]
    translation, score = translating.translate(source, language)
    tokens = len(call.server.model.bpe.encode(source).ids)
    call.usage = TaskUsage(toy.name, tokens)
    return {
        "translation": translation,
        "score": score,
        "segments": None,
        "num_tokens_prompt_total": tokens,
        "num_tokens_generated": 0,
    }


def _transcribe(call: ServerCall) -> ServerResponse:
    toy = call.model(Capability.TRANSCRIBE)
    found = audio.inspect(call.parts["audiofile"])
    bpe = call.server.model.bpe
    text = found.describe()
    seconds = found.seconds or 0.0
    count = min(_MOST_SEGMENTS, max(1, math.ceil(seconds / _SEGMENT_SECONDS)))
    texts = [text if part == 0 else f"Still {found.format}." for part in range(count)]
    tokens = [bpe.encode(said).ids for said in texts]
    segments = [
        {
            "start": float(part * _SEGMENT_SECONDS),
            "end": min(seconds, float((part + 1) * _SEGMENT_SECONDS)),
            "text": said,
            "tokens": ids,
        }
        for part, (said, ids) in enumerate(zip(texts, tokens, strict=True))
    ]
    generated = sum(map(len, tokens))
    call.usage = TaskUsage(toy.name, 0, generated)
    return {
        "transcription": " ".join(texts),
        "segments": segments,
        "language": call.body.get("language", "en"),
        "num_tokens_prompt_total": 0,
        "num_tokens_generated": generated,
    }


def _qa(call: ServerCall) -> ServerResponse:
    texts = [documents.text_of(one, f"/documents/{index}") for index, one in enumerate(call.body["documents"])]
    call.usage = _unnamed(call, [call.body["query"], *texts])
    found = extracting.answers(call.body["query"], texts)
    if "max_answers" in call.body:
        found = found[: max(0, int(call.body["max_answers"]))]
    return {"answers": [{"answer": one.answer, "score": one.score, "evidence": one.evidence} for one in found]}


def _summarize(call: ServerCall) -> ServerResponse:
    text = documents.text_of(call.body["document"], "/document")
    call.usage = _unnamed(call, [text])
    return {"summary": extracting.summary(text)}


def _unnamed(call: ServerCall, texts: Sequence[str]) -> TaskUsage:
    """What it cost to read texts without a model."""
    return TaskUsage("", sum(len(call.server.model.bpe.encode(text).ids) for text in texts))


HANDLERS: dict[str, Handler] = {
    "rerank": _rerank,
    "translate": _translate,
    "transcribe": _transcribe,
    "qa": _qa,
    "summarize": _summarize,
}
