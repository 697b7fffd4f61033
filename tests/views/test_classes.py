"""What the classes of the package have of views, and what they keep."""

from __future__ import annotations

import copy
import dataclasses
import gc
import inspect
import io
import math
import pickle
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

import aleph_alpha
from aleph_alpha import (
    BatchSemanticEmbeddingResponse,
    ChatResponse,
    ChoiceScore,
    ChoiceScores,
    CompletionRequest,
    CompletionResponse,
    EmbeddingResponse,
    ExplanationRequest,
    Image,
    InvalidRequestError,
    Message,
    ModelSettings,
    Prompt,
    PromptGranularity,
    RerankResponse,
    SemanticEmbeddingResponse,
    TargetGranularity,
    TextMessage,
)
from aleph_alpha._call.call import NO_DEFAULTS
from aleph_alpha._call.short_repr import ShortRepr
from aleph_alpha.chat import FinishReason
from aleph_alpha.embedding.instructable import InstructableEmbeddingResponse
from aleph_alpha.embedding.openai import EmbeddingV2Response, EmbeddingV2ResponseData
from aleph_alpha.explanation import (
    Explanation,
    ExplanationResponse,
    ImagePromptItemExplanation,
    ImageScore,
    TargetPromptItemExplanation,
    TargetScore,
    TextPromptItemExplanation,
    TextScore,
)
from aleph_alpha.explanation.calls import explain_call
from aleph_alpha.explanation.source import sources
from aleph_alpha.reranking import RerankResult, RerankUsage
from aleph_alpha.service.compatibility import CompatibilityReport, Finding
from aleph_alpha.views import png, similarity
from tests.views.parsed import SGR, page
from tests.views.samples import EDGES, picture

VECTOR = [0.123456789 * index for index in range(5120)]
EXPLANATION = Explanation("x", [TextPromptItemExplanation([TextScore(i, 1, i / 7) for i in range(500)])])
OBJECTS: dict[str, Any] = {
    "Explanation": EXPLANATION,
    "ExplanationResponse": ExplanationResponse("1", [EXPLANATION] * 50),
    "CompletionResult": CompletionResponse.from_json(
        {
            "model_version": "1",
            "completions": [{"completion": "word " * 2000, "log_probs": [{"word ": -0.1, "b": -1.0}] * 2000}] * 3,
            "num_tokens_prompt_total": 1,
            "num_tokens_generated": 1,
        }
    ),
    "ChatResponse": ChatResponse(FinishReason.Stop, TextMessage("assistant", "word " * 2000)),
    "Prompt": Prompt(["word " * 2000, picture(), *["item"] * 200]),
    "Image": picture(),
    "EmbeddingResponse": EmbeddingResponse("1", 1, {("layer_1", "mean"): VECTOR, ("layer_2", "mean"): VECTOR}, None),
    "SemanticEmbeddingResponse": SemanticEmbeddingResponse("1", VECTOR, 1),
    "InstructableEmbeddingResponse": InstructableEmbeddingResponse("1", VECTOR, 1),
    "BatchSemanticEmbeddingResponse": BatchSemanticEmbeddingResponse("1", [VECTOR[:256]] * 200, 1),
    "EmbeddingV2Response": EmbeddingV2Response(
        "list", [EmbeddingV2ResponseData("embedding", VECTOR[:256], index) for index in range(200)], "m", None
    ),
    "RerankResponse": RerankResponse([RerankResult(i, 1 / (i + 1)) for i in range(500)], RerankUsage(0, 0, 1)),
}
each = pytest.mark.parametrize("value", OBJECTS.values(), ids=OBJECTS.keys())


@each
def test_notebooks_show_the_view(value: Any) -> None:
    bundle = value._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/html"] == value._repr_html_() == value.view()._repr_html_()
    assert "<html" not in bundle["text/html"]
    assert "class" in page(bundle["text/html"]).attributes
    assert bundle["text/plain"] == value.view().text()


@each
@pytest.mark.parametrize(
    ("include", "exclude", "kinds"),
    [
        ({"text/plain"}, None, {"text/plain"}),
        (None, {"text/html"}, {"text/plain"}),
        (["text/html", "image/png"], [], {"text/html"}),
        ({"text/html"}, {"text/html"}, set()),
    ],
)
def test_notebooks_get_the_kinds_that_they_ask_for(value: Any, include: Any, exclude: Any, kinds: set[str]) -> None:
    for shown in (value, value.view()):
        assert set(shown._repr_mimebundle_(include=include, exclude=exclude)) == kinds


def test_a_cell_shows_the_repr_of_what_has_no_view() -> None:
    value = BatchSemanticEmbeddingResponse("1", [[1.0], [2.0, 1.0]], 1)
    assert value._repr_html_() is None
    assert value._repr_mimebundle_() == {"text/plain": repr(value)}


@each
def test_rich_shows_the_view(value: Any) -> None:
    rich = pytest.importorskip("rich.console")
    file = io.StringIO()
    rich.Console(width=60, file=file, color_system="truecolor", force_terminal=True).print(value)
    assert "\x1b[" in file.getvalue()
    shown = SGR.sub("", file.getvalue())
    title = value.view()._figure.title
    assert title.split()[0] in shown.splitlines()[0]
    assert max(map(len, shown.splitlines())) <= 60


def test_rich_takes_nothing_in_a_text_for_its_own_markup() -> None:
    rich = pytest.importorskip("rich.console")
    file = io.StringIO()
    rich.Console(width=2000, file=file, color_system="truecolor", force_terminal=True).print(EDGES["hostile"])
    shown = SGR.sub("", file.getvalue())
    assert "[rich]markup[/rich] :smile:" in shown
    assert "\x1b" not in shown


@each
def test_a_repr_fits_a_screen(value: Any) -> None:
    assert len(repr(value)) <= 1900
    assert repr(value).startswith(type(value).__name__)


@each
def test_equality_dicts_copies_and_pickles_stay(value: Any) -> None:
    value.view()
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert other == value
        assert other.view().html() == value.view().html()
    names = {field.name for field in dataclasses.fields(value)}
    assert set(dataclasses.asdict(value)) == set(vars(value)) == names


def test_all_that_a_client_returns_has_such_a_repr() -> None:
    methods = [method for name, method in inspect.getmembers(aleph_alpha.Client, callable) if not name.startswith("_")]
    names = {name for one in methods for name in re.findall(r"\w+", str(inspect.signature(one).return_annotation))}
    returned = {getattr(aleph_alpha, name, None) for name in names}
    classes = {one for one in returned if isinstance(one, type) and dataclasses.is_dataclass(one)}
    of_an_account = {aleph_alpha.ApiToken, aleph_alpha.NewApiToken, aleph_alpha.RecentRequest, aleph_alpha.UserDetail}
    assert len(classes) > 15
    assert {one for one in classes - of_an_account if not issubclass(one, ShortRepr)} == set()


@pytest.mark.parametrize(
    "value",
    [
        TextMessage("assistant", "word " * 2000),
        Message("user", ["word " * 2000]),
        ChoiceScores([ChoiceScore(f"choice {index}", -1.0, -1.0, -0.25, 1) for index in range(200)]),
        ModelSettings("m", prompt_template="{% if a %}" * 1000),
        CompatibilityReport("1", "2", [Finding("note", ("chat",), "POST /chat", "differs")] * 200),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_repr_of_parts_of_responses_fits_a_screen(value: Any) -> None:
    assert len(repr(value)) <= 1900
    assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (SemanticEmbeddingResponse("1", [0.5, -1.0], 2), "embedding=[0.5, -1.0]"),
        (SemanticEmbeddingResponse("1", [0.5] * 5120, 2), "embedding=[0.5, 0.5, 0.5, 0.5, … 5,120 numbers]"),
        (BatchSemanticEmbeddingResponse("1", [[0.5] * 9] * 2, 2), "[[0.5, 0.5, 0.5, 0.5, … 9 numbers], [0.5"),
        (EmbeddingResponse("1", 1, {("a", "b"): [1.0] * 9}, None), "{('a', 'b'): [1.0, 1.0, 1.0, 1.0, … 9 numbers]}"),
        (Prompt("a" * 1000), f"text={'a' * 100!r}…(1,000 characters)"),
        (Prompt([picture()]), "characters>, cropping=None"),
        (RerankResponse([], RerankUsage(0, 0, 1)), "RerankResponse(results=[], usage=RerankUsage(completion_tokens=0"),
    ],
)
def test_what_is_long_is_shown_by_its_beginning_and_its_length(value: Any, shown: str) -> None:
    assert shown in repr(value)


def test_an_array_is_shown_by_its_first_numbers_and_its_shape() -> None:
    numpy = pytest.importorskip("numpy")
    response = BatchSemanticEmbeddingResponse("1", numpy.full((3, 5120), 0.5, dtype="float32"), 1)
    assert "embeddings=array([0.5, 0.5, 0.5, 0.5, … 3 x 5,120 float32])" in repr(response)
    assert "3 vectors" in response.view().text()


def test_importing_the_package_and_its_data_classes_loads_no_view() -> None:
    script = (
        "import sys, aleph_alpha\n"
        "from aleph_alpha import Prompt, ExplanationResponse, ChatResponse, RerankResponse, CompletionResponse\n"
        "repr(Prompt('x'))\n"
        "print([name for name in sys.modules if name.startswith('aleph_alpha.views') or name in ('PIL', 'rich')])\n"
        "Prompt('x').view().html(), Prompt('x').view().svg(), Prompt('x').view().text()\n"
        "print(sorted({'PIL', 'rich', 'IPython', 'matplotlib', 'httpx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["[]", "[]", ""]


def test_there_is_one_door_to_views() -> None:
    """Types are named where they are needed; import-linter sees to it that nothing imports them to run."""
    package = Path(aleph_alpha.__file__).parent
    modules = {file.relative_to(package).as_posix(): file.read_text("utf-8") for file in package.rglob("*.py")}
    named = {
        name
        for name, source in modules.items()
        if not name.startswith("views/")
        and "aleph_alpha.views" in source.replace("    from aleph_alpha.views.view ", "")
    }
    assert named == {"_call/viewable.py"}


def test_a_response_of_a_client_knows_its_prompt(client: Any) -> None:
    prompt = Prompt("An apple a day keeps the doctor")
    request = ExplanationRequest(
        prompt, " away.", prompt_granularity=PromptGranularity.Word, target_granularity=TargetGranularity.Token
    )
    response = client.explain(request, "toy-base")
    texts = ["".join(part for _, part in one) for one in page(response.view().html()).texts]
    assert texts == ["An apple a day keeps the doctor", " away."] * len(response.explanations)
    for derived in (
        response.explanations[0],
        response.explanations[0].normalized(),
        response.with_text_from_prompt(request).explanations[0],
        response.aggregated(),
    ):
        assert page(derived.view().html()).shown(0) == "An apple a day keeps the doctor"


def test_an_explanation_without_its_prompt_names_the_parts_and_with_it_shows_them() -> None:
    explanation = Explanation(" pizza", [TextPromptItemExplanation([TextScore(8, 5, 0.5)])])
    assert "characters 8 to 13" in explanation.view().text()
    assert "likes" in explanation.view(Prompt("Andreas likes")).text()
    known = explanation.with_text_from_prompt(Prompt("Andreas likes"), " pizza")
    assert "likes" in known.view().text()
    assert "likes" in pickle.loads(pickle.dumps(known)).view().text()


def test_a_token_of_the_target_is_framed_where_it_is() -> None:
    before = TargetPromptItemExplanation([TargetScore(0, 4, 0.5)])
    explanation = Explanation("za", [TextPromptItemExplanation([]), before])
    for view in (explanation.view(Prompt("I like"), " pizza"), explanation.view(Prompt("I like"), " pizza!")):
        assert page(view.html()).texts[1][:2] == [("p9", " piz"), ("e", "za")]
    for view in (explanation.view(), explanation.view(Prompt("I like"))):  # the whole target is not known
        assert "characters 0 to 4" in view.text()
    part = explanation.with_image_prompt_items_in_pixels(Prompt("I like"))
    assert "characters 0 to 4" in part.view().text()


def test_tiles_in_pixels_lie_where_those_in_shares_do() -> None:
    prompt = Prompt([picture(160, 80)])
    tiles = [ImageScore(0.5, 0.0, 0.25, 0.5, 1.0), ImageScore(0.75, 0.5, 0.25, 0.5, -1.0)]
    explanation = Explanation("x", [ImagePromptItemExplanation(tiles)])
    pixels = explanation.with_image_prompt_items_in_pixels(prompt)
    assert pixels.items != explanation.items
    assert pixels.view().html() == explanation.view(prompt).html()


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        (Prompt([]), "item 0 is explained; this prompt has 0 items"),
        (Prompt([picture()]), "item 0 is explained as a text; in this prompt it is "),
    ],
)
def test_another_prompt_is_refused(prompt: Prompt, message: str) -> None:
    with pytest.raises(InvalidRequestError, match=message):
        EXPLANATION.view(prompt)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="top must be 0 or greater, got -1"):
        EXPLANATION.view(top=-1)
    for bound in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InvalidRequestError, match=r"bound must be (greater than 0, got|a finite number)"):
            EXPLANATION.view(bound=bound)
    with pytest.raises(InvalidRequestError, match="top must be an int, not str '3'"):
        EXPLANATION.view(top="3")  # type: ignore[arg-type]
    with pytest.raises(InvalidRequestError, match="prompt must be a Prompt, not str 'x'"):
        EXPLANATION.view("x")  # type: ignore[arg-type]
    with pytest.raises(InvalidRequestError, match="view takes a ExplanationRequest, not Prompt"):
        ExplanationResponse("1", [EXPLANATION]).view(Prompt("x"))  # type: ignore[arg-type]
    with pytest.raises(InvalidRequestError, match="columns must be an int, not None"):
        EXPLANATION.view().text(columns=None)  # type: ignore[arg-type]
    for vectors in ([1.0, 2.0], ["abc"], [None], [[1.0], [None]], [[10**400]]):
        with pytest.raises(InvalidRequestError, match=r"vectors\[[01]\] must be numbers, got "):
            similarity(vectors)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequestError, match="labels must be one for each of the 2 vectors, got 1"):
        BatchSemanticEmbeddingResponse("1", [[1.0], [2.0]], 1).view(["one"])
    with pytest.raises(InvalidRequestError, match="the vectors have different lengths: 1, 2"):
        BatchSemanticEmbeddingResponse("1", [[1.0], [2.0, 1.0]], 1).view()
    with pytest.raises(InvalidRequestError, match="a result is for document 1; documents has 1"):
        RerankResponse([RerankResult(1, 0.5)], RerankUsage(0, 0, 1)).view(["one"])
    with pytest.raises(InvalidRequestError, match="colors must be 0, 16, 256 or 16777216, got 8"):
        EXPLANATION.view().ansi(colors=8)
    with pytest.raises(InvalidRequestError, match="font must be the name or path of a font: 'none' cannot be opened"):
        EXPLANATION.view().png(font="none")
    for method in ("svg", "png"):
        with pytest.raises(InvalidRequestError, match="width must be 1 or greater, got 0"):
            getattr(EXPLANATION.view(), method)(width=0)


def test_nothing_is_remembered_longer_than_the_response_lives() -> None:
    call = explain_call(ExplanationRequest(Prompt("x"), "y"), "m", NO_DEFAULTS)
    gc.collect()
    before = len(sources)
    body = b'{"model_version": "1", "explanations": [{"target": "y", "items": []}]}'
    response = call.parse(body)
    assert len(sources) == before + 1
    del response
    gc.collect()
    assert len(sources) == before


def test_tokens_are_counted_with_a_tokenizer(client: Any) -> None:
    tokenizer = client.tokenizer("toy-base")
    prompt = Prompt(["An apple a day", tokenizer.encode("An apple").ids])
    shown = prompt.view(tokenizer=tokenizer).text()
    assert f"text, {len(tokenizer.encode('An apple a day').ids)} tokens" in shown
    assert "apple" in shown.partition("token ids")[2]


def test_tokens_of_a_completion_are_those_that_make_up_its_text(client: Any) -> None:
    request = CompletionRequest(Prompt("An apple a day"), maximum_tokens=20, log_probs=3)
    response = client.complete(request, "toy-base")
    texts = ["".join(part for _, part in one) for one in page(response.view().html()).texts]
    assert texts == [response.completions[0].completion]


def test_images_are_small_whatever_they_were() -> None:
    chance = random.Random(0)
    noise = PIL.Image.frombytes("RGB", (800, 600), chance.randbytes(800 * 600 * 3))
    content = io.BytesIO()
    noise.save(content, "BMP")
    view = Prompt([Image.from_bytes(content.getvalue())]).view()
    assert len(view.html()) < 400_000
    assert "800 x 600 pixels" in view.html()


def test_without_an_installed_font_pillows_own_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "_installed", lambda: None)
    assert EDGES["infinite"].png().startswith(b"\x89PNG")
    assert png._Fonts(None).signs("−×∞ö") == "-xinfö"


def pixels(view: Any) -> list[tuple[int, int, int]]:
    """Colours of its PNG, the most frequent first."""
    image = PIL.Image.open(io.BytesIO(view.png(width=320))).convert("RGB")
    found: Any = image.getcolors(1 << 24)
    return [colour for _, colour in sorted(found, reverse=True)]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_not_cut_off_but_scaled(kind: str) -> None:
    content = io.BytesIO()
    PIL.Image.new("I;16", (100, 100), 0x8080).save(content, kind)
    assert pixels(Prompt([Image.from_bytes(content.getvalue())]).view())[1] == (128, 128, 128)


def test_scores_are_seen_where_an_image_is_transparent() -> None:
    content = io.BytesIO()
    PIL.Image.new("RGBA", (100, 100)).save(content, "PNG")
    explanation = Explanation("x", [ImagePromptItemExplanation([ImageScore(0, 0, 1, 1, 1.0)])])
    red, _, blue = pixels(explanation.view(Prompt([Image.from_bytes(content.getvalue())])))[1]
    assert blue > red + 50


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (3, 4000), (2000, 1500)])
def test_images_of_any_shape_fit_the_sheet(size: tuple[int, int]) -> None:
    view = Prompt([picture(*size)]).view()
    found: Any = re.findall(r'<svg xmlns[^>]* x="16.0"[^>]* width="(\d+)" height="(\d+)"', view.svg(width=320))
    assert len(found) == 1
    assert max(map(int, found[0])) <= 320 - 2 * 16 or size[1] > size[0]
    assert view.png(width=320).startswith(b"\x89PNG")


def test_columns_of_a_matrix_have_names_where_they_fit_and_else_numbers() -> None:
    few, many = similarity([[1.0]] * 2, ["sun", "the sea"]), similarity([[1.0]] * 30, ["a long name"] * 30)
    for shown in (few.text(), few.html(), few.svg()):
        assert shown.count("the sea") >= 2
    for shown in (many.text(columns=300), many.html(), many.svg()):
        assert "29 a long name" in shown
    assert many.text(columns=300).splitlines()[3].split() == [*map(str, range(30))]


def test_a_view_is_saved_in_the_size_that_is_asked_for(tmp_path: Path) -> None:
    view = OBJECTS["ChatResponse"].view()
    image = PIL.Image.open(io.BytesIO(view.save(tmp_path / "a.png", width=960, dark=True).read_bytes()))
    assert (image.width, image.getpixel((0, 0))) == (1920, (22, 24, 28))
    assert 'width="960"' in view.save(str(tmp_path / "a.svg"), width=960).read_text("utf-8")
    assert max(map(len, view.save(tmp_path / "a.txt", columns=30).read_text("utf-8").splitlines())) <= 30
    with pytest.raises(InvalidRequestError, match="width must be 1 or greater, got 0"):
        view.save(tmp_path / "b.png", width=0)
    with pytest.raises(FileNotFoundError):
        view.save(tmp_path / "missing" / "b.png")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.png", "a.svg", "a.txt"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "I", "I;16", "F"])
def test_images_of_any_mode_are_shown(mode: str) -> None:
    """Or, where Pillow cannot convert them, a grey box in their place."""
    image = PIL.Image.new(mode, (30, 20))
    for kind in ("PNG", "TIFF", "JPEG", "GIF"):
        content = io.BytesIO()
        try:
            image.save(content, kind)
        except (OSError, ValueError):  # the format does not have the mode
            continue
        view = Prompt([Image.from_bytes(content.getvalue())]).view()
        assert view.png().startswith(b"\x89PNG")
        assert "30 x 20 pixels" in view.html()
