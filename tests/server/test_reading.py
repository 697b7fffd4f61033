"""Rerank, translate, transcribe, steering concepts, questions and summaries."""

from __future__ import annotations

import base64
import io
import json
import wave
import zipfile
from typing import Any

import pytest
from hypothesis import given, strategies as st

from aleph_alpha.testing.server.model import audio, translating
from tests.server.client import CheckedClient
from tests.server.strategies import QUICK, any_texts, known_texts


class TestRerank:
    QUERY = "What is the capital of France?"
    DOCUMENTS = (
        "The capital of Brazil is Brasilia.",
        "The capital of France is Paris.",
        "Horses and cows are animals.",
    )

    def test_puts_the_best_answer_first(self, api: CheckedClient) -> None:
        results = api.call("rerank", {"query": self.QUERY, "documents": self.DOCUMENTS})["results"]
        assert [result["index"] for result in results] == [1, 0, 2]

    @QUICK
    @given(query=any_texts, documents=st.lists(known_texts, max_size=6), top=st.none() | st.integers(0, 8))
    def test_answers_each_document_once_best_first(
        self, api: CheckedClient, query: str, documents: list[str], top: int | None
    ) -> None:
        results = api.call("rerank", {"query": query, "documents": documents, "top_n": top})["results"]
        scores = [result["relevance_score"] for result in results]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert len({result["index"] for result in results}) == len(results)
        assert len(results) == (len(documents) if top is None else min(top, len(documents)))

    @QUICK
    @given(text=known_texts)
    def test_a_text_answers_itself_perfectly(self, api: CheckedClient, text: str) -> None:
        if any(character.isalnum() for character in text):
            (result,) = api.call("rerank", {"query": text, "documents": [text]})["results"]
            assert result["relevance_score"] == pytest.approx(1.0)


class TestTranslate:
    def _translate(self, api: CheckedClient, source: str, language: str) -> Any:
        body = {"model": "toy-translation", "source": source, "target_language": language}
        return api.call("translate", body)

    def test_goes_word_by_word_and_scores_the_share_it_knows(self, api: CheckedClient) -> None:
        answer = self._translate(api, "Bread and cheese, Xyzzy?", "de")
        assert answer["translation"] == "Brot und käse, Xyzzy?"
        assert answer["score"] == pytest.approx(3 / 4)

    @pytest.mark.parametrize("language", translating.languages())
    def test_into_all_its_languages_and_back(self, api: CheckedClient, language: str) -> None:
        there = self._translate(api, "the dog and the sea", language)
        assert there["score"] == 1.0
        assert self._translate(api, there["translation"], "en")["translation"].endswith("sea")

    @QUICK
    @given(source=any_texts)
    def test_keeps_what_is_no_word(self, api: CheckedClient, source: str) -> None:
        answer = self._translate(api, source, "fr")
        assert 0 <= answer["score"] <= 1
        others = [character for character in source if not character.isalpha()]
        assert [character for character in answer["translation"] if not character.isalpha()] == others

    def test_an_unknown_language_is_refused(self, api: CheckedClient) -> None:
        body = {"model": "toy-translation", "source": "a", "target_language": "tlh"}
        assert api.refused("translate", body)[2].startswith("/target_language:")


def _wav(seconds: float, rate: int = 8000, channels: int = 2) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(round(seconds * rate) * channels * 2))
    return content.getvalue()


def _flac(samples: int, rate: int, channels: int) -> bytes:
    packed = rate << 44 | (channels - 1) << 41 | 15 << 36 | samples
    return b"fLaC" + bytes(14) + packed.to_bytes(8, "big") + bytes(16)


class TestTranscribe:
    METADATA = json.dumps({"model": "toy-transcription", "language": "de"})

    def _send(self, audiofile: bytes, metadata: str = METADATA) -> dict[str, Any]:
        return {"files": {"audiofile": ("a.wav", audiofile, "audio/wav"), "metadata": (None, metadata)}}

    def test_reports_length_and_format(self, api: CheckedClient) -> None:
        answer = api.call("transcribe", **self._send(_wav(12.5)))
        assert "WAV" in answer["transcription"]
        assert "12.500 seconds, 8000 Hz, 2 channels" in answer["transcription"]
        assert answer["language"] == "de"

    def test_segments_follow_each_other_to_the_end(self, api: CheckedClient) -> None:
        answer = api.call("transcribe", **self._send(_wav(25.0)))
        assert [(s["start"], s["end"]) for s in answer["segments"]] == [(0, 10), (10, 20), (20, 25)]
        assert answer["transcription"] == " ".join(segment["text"] for segment in answer["segments"])
        assert answer["num_tokens_generated"] == sum(len(segment["tokens"]) for segment in answer["segments"])

    @pytest.mark.parametrize(
        ("content", "kind", "seconds"),
        [
            (_wav(1.0), "WAV", 1.0),
            (_wav(1.0)[:30], "WAV", None),
            (_flac(96000, 48000, 2), "FLAC", 2.0),
            (b"fLaC", "FLAC", None),
            (b"OggS....", "Ogg", None),
            (b"ID3....", "MP3", None),
            (b"\x00\x00\x00\x20ftypM4A ", "MP4", None),
            (b"", "unknown", None),
            (b"anything", "unknown", None),
        ],
    )
    def test_reads_the_headers_it_knows(self, content: bytes, kind: str, seconds: float | None) -> None:
        found = audio.inspect(content)
        assert (found.format, found.seconds, found.size) == (kind, seconds, len(content))

    @QUICK
    @given(content=st.binary(max_size=60) | st.binary(max_size=40).map(lambda tail: b"RIFF" + tail))
    def test_reads_any_bytes(self, content: bytes) -> None:
        assert audio.inspect(content).size == len(content)

    @pytest.mark.parametrize(
        ("extra", "pointer"),
        [
            ({"files": {"audiofile": ("a", b"", "audio/wav")}}, "/metadata"),
            ({"files": {"metadata": (None, METADATA)}}, "/audiofile"),
            ({"files": {"audiofile": ("a", b""), "metadata": (None, "{}")}}, "/metadata"),
            ({"files": {"audiofile": ("a", b""), "metadata": (None, "{")}}, "/metadata"),
            ({"content": b"x", "headers": {"content-type": "application/json"}}, "/"),
            ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, "/"),
        ],
    )
    def test_forms_that_are_incomplete_are_refused(
        self, api: CheckedClient, extra: dict[str, Any], pointer: str
    ) -> None:
        status, code, message = api.refused("transcribe", **extra)
        assert (status, code) == (400, "INVALID_REQUEST")
        assert message.partition(":")[0] == pointer


class TestSteering:
    EXAMPLES = ({"negative": "I hate rain and wind", "positive": "I love pizza and cheese"},)

    def test_ids_are_stable_and_64_hexadecimal_digits(self, api: CheckedClient) -> None:
        with CheckedClient(seed=9) as other:
            ids = {client.call("createSteeringConcept", {"examples": self.EXAMPLES})["id"] for client in (api, other)}
        (concept,) = ids
        assert len(concept) == 64
        assert set(concept) <= set("0123456789abcdef")

    def test_is_created(self, api: CheckedClient) -> None:
        assert api.send("createSteeringConcept", {"examples": self.EXAMPLES}).status_code == 201

    def test_makes_likelier_what_its_positive_examples_talk_about(self, api: CheckedClient) -> None:
        concept = api.call("createSteeringConcept", {"examples": self.EXAMPLES})["id"]
        request = {"echo": True, "log_probs": 0, "maximum_tokens": 0}
        plain = api.completion("Tom likes pizza", **request)["log_probs"][-1]
        steered = api.completion("Tom likes pizza", **request, steering_concepts=[concept])["log_probs"][-1]
        assert steered[" pizza"] > plain[" pizza"]
        opposite = [{"negative": e["positive"], "positive": e["negative"]} for e in self.EXAMPLES]
        other = api.call("createSteeringConcept", {"examples": opposite})["id"]
        repelled = api.completion("Tom likes pizza", **request, steering_concepts=[other])["log_probs"][-1]
        assert repelled[" pizza"] < plain[" pizza"]

    def test_steers_a_chat_too(self, api: CheckedClient) -> None:
        concept = api.call("createSteeringConcept", {"examples": self.EXAMPLES})["id"]
        body = {"model": "toy-chat", "messages": [{"role": "user", "content": "Hi"}], "logprobs": True}
        plain, steered = (api.call("chatCompletions", {**body, "steering_concepts": c}) for c in ([], [concept]))
        assert plain["choices"] != steered["choices"]

    @pytest.mark.parametrize("concept", ["0" * 64, "_worker/unknown"])
    def test_one_that_was_not_created_is_refused(self, api: CheckedClient, concept: str) -> None:
        body = {"model": "toy-base", "prompt": "a", "steering_concepts": [concept]}
        assert api.refused("complete", body)[2].startswith("/steering_concepts/0:")

    def test_belongs_to_the_server_it_was_created_on(self, api: CheckedClient, fresh_api: CheckedClient) -> None:
        concept = api.call("createSteeringConcept", {"examples": self.EXAMPLES})["id"]
        body = {"model": "toy-base", "prompt": "a", "steering_concepts": [concept]}
        assert fresh_api.refused("complete", body)[1] == "INVALID_REQUEST"

    @pytest.mark.parametrize("examples", [[], [{}], [{"positive": ""}]])
    def test_without_a_text_it_changes_nothing(self, api: CheckedClient, examples: list[Any]) -> None:
        concept = api.call("createSteeringConcept", {"examples": examples})["id"]
        request = {"log_probs": 0, "maximum_tokens": 3}
        steered = api.completion("Tom likes", **request, steering_concepts=[concept])["log_probs"]
        for one, other in zip(steered, api.completion("Tom likes", **request)["log_probs"], strict=True):
            assert one == pytest.approx(other)


def _docx(*paragraphs: str) -> str:
    runs = "".join(f"<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>" for text in paragraphs)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document><w:body>{runs}</w:body></w:document>")
    return base64.b64encode(content.getvalue()).decode()


class TestDocuments:
    STORY = "Andreas likes pizza. Ida counts the boats. The library is open on Monday."

    @pytest.mark.parametrize(
        "document",
        [
            {"text": STORY},
            {"prompt": [{"type": "text", "data": STORY}]},
            {"docx": _docx(*STORY.split(". "))},
        ],
        ids=lambda document: next(iter(document)),
    )
    def test_of_all_kinds_answer_a_question(self, api: CheckedClient, document: Any) -> None:
        answers = api.call("qa", {"query": "Who likes pizza?", "documents": [document]})["answers"]
        assert answers[0]["answer"] == "Andreas"
        assert answers[0]["evidence"].startswith("Andreas likes pizza")

    def test_answers_come_best_first_and_no_more_than_wanted(self, api: CheckedClient) -> None:
        documents = [{"text": self.STORY}, {"text": "Who knows whether Tom likes pizza. The sea is blue."}]
        answers = api.call("qa", {"query": "Who likes pizza?", "documents": documents})["answers"]
        assert len(answers) > 1
        scores = [answer["score"] for answer in answers]
        assert scores == sorted(scores, reverse=True)
        limited = api.call("qa", {"query": "Who likes pizza?", "documents": documents, "max_answers": 1})["answers"]
        assert limited == answers[:1]

    def test_a_question_about_something_else_has_no_answer(self, api: CheckedClient) -> None:
        assert api.call("qa", {"query": "xyzzy", "documents": [{"text": self.STORY}]}) == {"answers": []}

    def test_a_summary_is_made_of_the_documents_sentences(self, api: CheckedClient) -> None:
        text = " ".join([self.STORY, "Andreas likes pizza on Monday.", "It rains."])
        summary = api.call("summarize", {"document": {"text": text}})["summary"]
        assert len(summary) < len(text)
        for sentence in summary.removesuffix(".").split(". "):
            assert sentence in text

    @pytest.mark.parametrize("docx", ["no base64", "AAAA", base64.b64encode(b"PK").decode()])
    def test_what_is_no_word_file_is_refused(self, api: CheckedClient, docx: str) -> None:
        body = {"query": "a", "documents": [{"text": "a"}, {"docx": docx}]}
        assert api.refused("qa", body)[2].startswith("/documents/1/docx:")

    def test_entities_in_a_word_file_are_read(self, api: CheckedClient) -> None:
        summary = api.call("summarize", {"document": {"docx": _docx("Tom &amp; Ida")}})["summary"]
        assert summary == "Tom & Ida"
