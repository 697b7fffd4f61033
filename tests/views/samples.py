"""One of each view, and the inputs that are hard to show."""

from __future__ import annotations

import base64
import io
import math
import random

import PIL.Image

from aleph_alpha import (
    BatchSemanticEmbeddingResponse,
    ChatResponse,
    CompletionResponse,
    CompletionResult,
    Image,
    Prompt,
    RerankResponse,
    RerankResult,
    Text,
    TextControl,
    TextMessage,
    Tokens,
)
from aleph_alpha.chat import ChatChoice, FinishReason, TokenLogprob, TopLogprob
from aleph_alpha.explanation import (
    Explanation,
    ExplanationRequest,
    ExplanationResponse,
    ImagePromptItemExplanation,
    ImageScore,
    TargetPromptItemExplanation,
    TargetScore,
    TextPromptItemExplanation,
    TextScore,
    TokenPromptItemExplanation,
    TokenScore,
)
from aleph_alpha.explanation.scores import PromptItemExplanation
from aleph_alpha.prompt import Cropping, ImageControl, TokenControl
from aleph_alpha.reranking import RerankUsage
from aleph_alpha.views import View, similarity

HOSTILE = [
    "<script>window.ran = true</script>",
    "<img src=x onerror='window.ran = true'>",
    "</style></div></body><svg onload=window.ran=true>",
    "]]><!-- --> <!DOCTYPE x [<!ENTITY e 'x'>]> &e; &amp; &lt; &#65; &nbsp &notit;",
    '" onmouseover="window.ran = true" x=\'',
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b31m \x08\x08 \x7f",
    "\u202eabc\u202c \u2066isolate\u2069 \u200f\u061c mixed",
    "line\nfeed \r\ncarriage\rreturn\ttab\v\f \u2028 \u2029 \x85 end",
    "a\u0301e\u0308 👩\u200d🌾👍🏽🇩🇪 \u200b\ufeff\xad\u2060 ピザ",
    "שלום עולם, pizza 123 مرحبا بالعالم",
    "{{ template }} {% raw %} ${x} `tick` $(cmd) [rich]markup[/rich] :smile:",
]
"""Texts that would act if anybody took them for anything but text."""


def picture(width: int = 120, height: int = 80, kind: str = "PNG") -> Image:
    """A red and a green half."""
    image = PIL.Image.new("RGB", (width, height), "#b03a2e")
    image.paste("#2e8b57", (width // 2, 0, width, height))
    content = io.BytesIO()
    image.save(content, kind)
    return Image.from_bytes(content.getvalue())


def text_explanation(text: str, scores: list[float], target: str = " pizza") -> View:
    """Scores on even parts of a text."""
    count = max(len(scores), 1)
    edges = [len(text) * index // count for index in range(count + 1)]
    parts = [TextScore(edges[i], edges[i + 1] - edges[i], score) for i, score in enumerate(scores)]
    items: list[TextPromptItemExplanation] = [TextPromptItemExplanation(list(parts))]
    return Explanation(target, [*items, TargetPromptItemExplanation([])]).view(Prompt.from_text(text))


def image_explanation(scores: list[float] | None = None, prompt: Prompt | None = None) -> View:
    """Three by three tiles of an image that is alone in its prompt."""
    values = scores or [-1.0, -0.5, -0.1, 0.0, 0.1, 0.3, 0.6, 0.9, 1.2]
    tiles = [ImageScore(i % 3 / 3, i // 3 / 3, 1 / 3, 1 / 3, score) for i, score in enumerate(values)]
    explanation = Explanation("red", [ImagePromptItemExplanation(tiles), TargetPromptItemExplanation([])])
    return explanation.view(prompt or Prompt([picture()]))


def _mixed() -> View:
    text, target = "Which of these two colours is the warmer one?", " the red one"
    words = [TextScore(text.index(word), len(word), len(word) / 4 - 1.2) for word in text.split()]
    items: list[PromptItemExplanation] = [
        ImagePromptItemExplanation(
            [ImageScore(x / 4, y / 4, 0.25, 0.25, (x - y) / 3) for y in range(4) for x in range(4)]
        ),
        TextPromptItemExplanation(list(words)),
        TokenPromptItemExplanation([TokenScore(0.5), TokenScore(-0.75)]),
        TargetPromptItemExplanation([TargetScore(0, 4, 0.5), TargetScore(4, 4, -0.25)]),
    ]
    prompt = Prompt([picture(), text, Tokens([17, 4711])])
    whole = [Explanation(part, [*items[:-1], TargetPromptItemExplanation([])]) for part in (" the", " red")]
    response = ExplanationResponse("1", [*whole, Explanation(" one", list(items))])
    return response.view(ExplanationRequest(prompt, target))


def _completions() -> View:
    log_probs: list[dict[str, float | None]] = [
        {" keeps": -0.05, " a": -3.0},
        {" the": -0.7, " a": -1.0, " <b>": -4.0},
        {" doctor": -2.5, " cat": -0.5},
    ]
    text = " keeps the doctor"
    return CompletionResponse(
        "1", [CompletionResult(log_probs, text, None, "maximum_tokens"), CompletionResult(None, " is fine")], 4, 3
    ).view()


def _chat() -> View:
    tokens = [("Ich", -0.1), (" m", -0.4), ("ag", -0.01), (" Pizza", -2.0)]
    logprobs = [
        TokenLogprob(text, log, list(text.encode()), [TopLogprob(text, log, []), TopLogprob(" x", -5.0, [])])
        for text, log in tokens
    ]
    rocket = "🚀".encode()
    logprobs += [TokenLogprob("\ufffd", -0.5, list(rocket[:2]), []), TokenLogprob("\ufffd", -0.1, list(rocket[2:]), [])]
    message = TextMessage("assistant", "Ich mag Pizza🚀")
    return ChatResponse(FinishReason.Stop, message, [ChatChoice(0, message, FinishReason.Stop, logprobs)]).view()


def _prompt() -> View:
    text = Text(
        "No pizza today, but tomorrow.", [TextControl(3, 5, 0.2), TextControl(20, 8, 3.0), TextControl(5, 6, 2.0)]
    )
    controlled = Image(picture().base_64, Cropping(20, 0, 80), [ImageControl(0.2, 0.1, 0.4, 0.5, 0.0)])
    return Prompt([text, controlled, Tokens([1, 2, 3], [TokenControl(1, 5.0)]), "and a plain string"]).view()


def _similarity(count: int = 5) -> View:
    chance = random.Random(0)
    vectors = [[chance.gauss(0, 1) for _ in range(8)] for _ in range(count)]
    names = ["a harbour", "the sea", "an invoice", "مرحبا", "<b>bill</b>"]
    labels = names if count == 5 else [f"text {index}" for index in range(count)]
    return similarity(vectors, labels)


def _ranking(count: int = 4) -> View:
    results = [RerankResult(index, 1 / (index + 1)) for index in range(count)]
    documents = [f"Document about the capital of country {index}" for index in range(count)]
    return RerankResponse(results, RerankUsage(0, 0, 1)).view(documents)


VIEWS: dict[str, View] = {
    "explanation": _mixed(),
    "image": image_explanation(),
    "completions": _completions(),
    "chat": _chat(),
    "prompt": _prompt(),
    "similarity": _similarity(),
    "ranking": _ranking(),
}
"""One of each kind."""

EDGES: dict[str, View] = {
    "not a number": text_explanation("one two three four", [math.nan, 1.0, -1.0, math.nan]),
    "infinite": text_explanation("one two three four", [math.inf, 1.0, -math.inf, -0.5]),
    "only infinite": text_explanation("one two", [math.inf, -math.inf]),
    "only nan": text_explanation("one two", [math.nan, math.nan]),
    "all zero": text_explanation("one two three", [0.0, -0.0, 0.0]),
    "tiny": text_explanation("one two three", [5e-324, -5e-324, 0.0]),
    "huge": text_explanation("one two three", [1.7e308, -1.7e308, 1.0]),
    "one segment": text_explanation("one", [0.5]),
    "no scores": text_explanation("one two", []),
    "empty text": text_explanation("", []),
    "empty prompt": Prompt([]).view(),
    "empty string": Prompt("").view(),
    "image alone": Prompt([picture()]).view(),
    "image scores nan": image_explanation([math.nan] * 8 + [1.0]),
    "broken image": Prompt([Image("iVBORw0KGgo=")]).view(),
    "broken explained image": image_explanation(prompt=Prompt([Image("AAAA")])),
    "hundred items": Prompt([f"item {index}\n" if index % 3 else Tokens([index]) for index in range(100)]).view(),
    "hundred vectors": _similarity(100),
    "hundred documents": _ranking(100),
    "no vectors": similarity([]),
    "zero vector": similarity([[0.0, 0.0], [1.0, 0.0], [math.nan, 1.0]]),
    "one vector": BatchSemanticEmbeddingResponse("1", [[0.5, -0.25] * 50], 1).view(),
    "no explanations": ExplanationResponse("1", []).view(),
    "no choices scored": CompletionResult(None, None).view(),
    "log probs unknown": CompletionResult([{"a": None}, {}], "ab").view(),
    "hostile": text_explanation("".join(HOSTILE), [1.0, -1.0, 0.5] * 20, target="".join(HOSTILE)),
}
"""What is hard to show."""


def file_of(image: Image) -> bytes:
    """The content of an image's file."""
    return base64.b64decode(image.base_64)
