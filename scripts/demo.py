"""A tour of the client: what it does for you, in a minute.

Without AA_TOKEN and AA_HOST it runs against the reference server of `aleph_alpha.testing`, which
it starts and stops itself. With them it runs against that deployment; AA_MODEL and
AA_IMAGE_MODEL choose the models there.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
from collections.abc import Iterator

from aleph_alpha import (
    AlephAlphaError,
    AsyncClient,
    BatchSemanticEmbeddingRequest,
    Client,
    CompletionRequest,
    EvaluationRequest,
    ExplanationRequest,
    Image,
    NotFoundError,
    Prompt,
    PromptGranularity,
    PromptTemplate,
    SemanticRepresentation,
    TokenizationRequest,
)
from aleph_alpha._runtime.terminal import show_anything

TEXTS = [
    "The sun is shining on the harbour.",
    "Sunshine over the harbour this morning.",
    "The invoice is due at the end of the month.",
    "Please pay the bill before the month ends.",
]


def complete(client: Client, model: str) -> None:
    """A completion with the probability of each token."""
    request = CompletionRequest(Prompt.from_text("The sun is"), maximum_tokens=12, log_probs=0)
    response = client.complete(request, model)
    result = response.completions[0]
    print(f"The sun is{result.completion!s}   [{result.finish_reason}]")
    for token in (result.log_probs or [])[:4]:
        print("   ", "  ".join(f"{text!r} {value:.2f}" for text, value in token.items()))
    if response.meta is not None:
        print(f"    {response.meta.seconds * 1000:.0f} ms, {response.meta.attempts} attempt(s)")


def template_with_image(client: Client, model: str) -> None:
    """A prompt from a template, with an image in it."""
    template = PromptTemplate("{% for name in names %}Hello {{ name }}! {% endfor %}{{ image }}This is")
    image = template.placeholder(Image.from_bytes(picture()))
    prompt = template.to_prompt(names=["World", "Rutger"], image=image)
    print("items:", ", ".join(type(item).__name__ for item in prompt.items))
    response = client.complete(CompletionRequest(prompt, maximum_tokens=8), model)
    print(f"    ...This is{response.completions[0].completion}")


def embeddings(client: Client, model: str) -> None:
    """Which of some texts mean the same."""
    request = BatchSemanticEmbeddingRequest(
        [Prompt.from_text(text) for text in TEXTS], SemanticRepresentation.Symmetric, compress_to_size=128
    )
    response = client.batch_semantic_embed(
        request, model, num_concurrent_requests=2, batch_size=2, progress_bar=True, as_array=True
    )
    import numpy as np

    vectors = np.asarray(response.embeddings)
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for text, row in zip(TEXTS, vectors @ vectors.T, strict=True):
        print("  ".join(f"{similarity:5.2f}" for similarity in row), "", text)


def evaluation(client: Client, model: str) -> None:
    """How likely two continuations are."""
    for expected in (" shining", " invoice"):
        request = EvaluationRequest(Prompt.from_text("The sun is"), completion_expected=expected)
        result = client.evaluate(request, model).result
        print(f"The sun is{expected:<10} log-probability {result['log_probability']:.2f}")


def explanation(client: Client, model: str) -> None:
    """Which parts of a prompt matter for a target."""
    request = ExplanationRequest(
        Prompt.from_text("The sun is shining. The bill is due. Bright light comes from the"),
        target=" sun",
        prompt_granularity=PromptGranularity.Word,
    )
    explained = client.explain(request, model).with_text_from_prompt(request)
    for row in explained.explanations[0].top(3):
        print(f"    {row['score']:+.3f}  {row['text']!r}")


def tokens(client: Client, model: str) -> None:
    """The API's tokens and those of the downloaded tokenizer are the same."""
    text = "The sun is shining."
    remote = client.tokenize(TokenizationRequest(text, tokens=True, token_ids=True), model)
    print("   ", remote.tokens)
    print("    the same as the downloaded tokenizer's:", client.tokenizer(model).encode(text).ids == remote.token_ids)


async def at_once(token: str, host: str, model: str) -> None:
    """Several completions at once."""
    async with AsyncClient(token, host) as client:
        starts = ("The sun", "The bill", "A tokenizer", "The harbour")
        requests = [CompletionRequest(Prompt.from_text(start), maximum_tokens=8) for start in starts]
        responses = await asyncio.gather(*(client.complete(request, model) for request in requests))
    for start, response in zip(starts, responses, strict=True):
        print(f"    {start}{response.completions[0].completion}")


def picture() -> bytes:
    """A small PNG, drawn here."""
    from PIL import Image as PILImage, ImageDraw

    image = PILImage.new("RGB", (96, 64), "#89c4f4")
    ImageDraw.Draw(image).ellipse((56, 8, 84, 36), fill="#f9d423")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@contextlib.contextmanager
def deployment() -> Iterator[tuple[str, str]]:
    """Token and host: a real deployment's, or those of a reference server for the time being."""
    token, host = os.environ.get("AA_TOKEN"), os.environ.get("AA_HOST")
    if token and host:
        yield token, host
        return
    from aleph_alpha.testing import LocalServer

    print("(against the local reference server: a toy model, set AA_TOKEN and AA_HOST for a real one)")
    with LocalServer() as server:
        yield "token", server.url


def main() -> int:
    """Run the tour; exit status 1 when a step failed."""
    failed = 0
    with deployment() as (token, host), Client(token, host) as client:
        model = os.environ.get("AA_MODEL") or first_model(client)
        image_model = os.environ.get("AA_IMAGE_MODEL") or first_model(client, images=True)
        print(f"API {client.get_version()} at {client.host}, model {model}")
        steps = [
            (complete, model),
            (template_with_image, image_model),
            (embeddings, model),
            (evaluation, model),
            (explanation, model),
            (tokens, model),
        ]
        for step, chosen in steps:
            print(f"\n# {step.__doc__}")
            try:
                step(client, chosen)
            except (AlephAlphaError, ImportError) as error:  # of the latter, an old python-liquid's
                failed += not isinstance(error, (NotFoundError, ImportError))
                print(f"    {type(error).__name__}: {error}")
        print(f"\n# {at_once.__doc__}")
        asyncio.run(at_once(token, host, model))
    return 1 if failed else 0


def first_model(client: Client, *, images: bool = False) -> str:
    """A model of the deployment that can do what the tour asks for."""
    models = client.models()
    able = [model for model in models if not images or model.get("image_support")]
    embedding = [model for model in able if images or "symmetric" in (model.get("embedding_types") or [])]
    return str((embedding or able or models)[0]["name"])


if __name__ == "__main__":
    show_anything()
    sys.exit(main())
