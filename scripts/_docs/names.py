"""The public names: what each is called, where it is defined, and which reference page has it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

import aleph_alpha
from scripts._docs.docstrings import summary
from scripts._docs.source import ROOT, Function, all_of, definition_of, docstring_of, methods_of
from scripts.faces import exports

# Reference pages in their order: what each is called, and what it is for. Any other follows, in its module's words.
PAGES = {
    "client": ("Client", "The client for plain, blocking code: one object that makes every call."),
    "async-client": ("AsyncClient", "The same client for asyncio: every method of `Client`, to be awaited."),
    "prompt": ("Prompts and images", "What you send to a model: text, images and tokens, in one prompt."),
    "prompt_template": (
        "Prompt templates",
        "Prompts with gaps, which are filled with text, images and lists when you need them.",
    ),
    "completion": ("Completions", "Let a model go on with a prompt."),
    "chat": ("Chats", "Talk with a model in turns, stream what it says, and let it call your functions."),
    "structured_output": ("Structured output", "Get JSON of a given shape, and Python objects made from it."),
    "embedding": ("Embeddings", "Turn texts into vectors, to search, compare and group them by meaning."),
    "evaluation": ("Evaluations", "Measure how likely a model finds a text that you already have."),
    "explanation": ("Explanations", "See which parts of a prompt speak for or against what a model says."),
    "views": ("Views", "Show explanations, probabilities and prompts in a notebook, a terminal or a file."),
    "reranking": ("Reranking", "Sort documents by how well they answer a question."),
    "qa": ("Questions and summaries", "Ask about documents, and shorten them."),
    "tokenization": ("Tokens", "See how a model cuts a text into tokens, and put tokens together again."),
    "translation": ("Translation", "Translate a text."),
    "transcription": ("Transcription", "Turn speech into text."),
    "steering": ("Steering", "Move the style of completions with pairs of examples."),
    "service": ("Models and account", "Find out what a deployment offers, and who you are there."),
    "options": ("Options and metadata", "What belongs to a response without being its content, and the versions."),
    "errors": ("Errors", "What can go wrong, one class a kind, so that you can decide what to do about each."),
    "events": ("Events", "Be told of each attempt of each call, for logs and counters of your own."),
    "bulk": ("Bulk jobs", "Process a whole data set, and lose nothing when something dies."),
    "integrations": ("Integrations", "Use the API through a framework that your program is written for."),
    "testing-server": ("Testing: the server", "Develop and test without a token or a network."),
    "testing-faults": (
        "Testing: faults",
        "Let the reference server fail in a chosen way, to see what your program does.",
    ),
    "testing-replay": ("Testing: recordings", "Record calls once, and replay them in tests."),
}
# Modules whose names are on the page of another.
_PAGE_OF = {
    "_sync": "client",
    "_async": "async-client",
    "_observe": "events",
    "aleph_alpha_client": "client",
    "utils": "prompt",
    "version": "options",
    "document": "qa",
    "summarization": "qa",
    "detokenization": "tokenization",
    "testing": "testing-server",
    "testing.faults": "testing-faults",
    "testing.replay": "testing-replay",
}


@dataclass(frozen=True)
class PublicName:
    """A name that a package lists for its users."""

    path: str  # the shortest way to import it: aleph_alpha.ChatRequest
    defined: str  # where it is defined: aleph_alpha.chat.request.ChatRequest
    page: str  # the stem of its reference page: chat

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def value(self) -> object:
        """The object itself, or its source where it needs what is not installed."""
        module, _, name = self.path.rpartition(".")
        try:
            return getattr(importlib.import_module(module), name)
        except ModuleNotFoundError:  # of the framework that it is for
            return definition_of(self.defined)


def faces() -> Iterator[str]:
    """The packages, and modules named after an extra, whose ``__all__`` is the public API."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    yield "aleph_alpha"
    for module in pkgutil.walk_packages(aleph_alpha.__path__, "aleph_alpha."):
        private = any(part.startswith("_") for part in module.name.split("."))
        _, _, framework = module.name.partition("aleph_alpha.integrations.")
        face = module.ispkg or framework.replace("_", "-") in extras
        if face and not private and listed(module.name):
            yield module.name


def listed(package: str) -> list[str]:
    """What a package lists in ``__all__``, sorted."""
    try:
        return sorted(getattr(importlib.import_module(package), "__all__", ()))
    except ModuleNotFoundError:
        return sorted(all_of(package))


@cache
def public_names() -> tuple[PublicName, ...]:
    """Every public name once, by the shortest of its paths, in the order of names."""
    found: dict[str, PublicName] = {}
    for package in sorted(faces(), key=lambda package: (package.count("."), package)):
        modules = _modules(package)
        for name in listed(package):
            module = modules.get(name) or _module_of(package, name)
            defined = f"{module}.{name}"
            found.setdefault(defined, PublicName(f"{package}.{name}", defined, page_of(module)))
    return tuple(sorted(found.values(), key=lambda one: (one.name.lower(), one.path)))


def page_of(module: str) -> str:
    """The stem of the page that has the names of a module.

    >>> page_of("aleph_alpha.testing.faults.kinds"), page_of("aleph_alpha.chat.events")
    ('testing-faults', 'chat')
    """
    first, _, rest = module.removeprefix("aleph_alpha.").partition(".")
    return _PAGE_OF.get(f"{first}.{rest.partition('.')[0]}") or _PAGE_OF.get(first, first)


def pages() -> dict[str, list[PublicName]]:
    """The names of each reference page, the pages in their order."""
    found: dict[str, list[PublicName]] = {page: [] for page in PAGES}
    for name in public_names():
        found.setdefault(name.page, []).append(name)
    return {page: names for page, names in found.items() if names}


def title_and_purpose(page: str) -> tuple[str, str]:
    """What a reference page is called, and what it is for."""
    if page in PAGES:
        return PAGES[page]
    module = importlib.import_module(f"aleph_alpha.{page}")
    return page.replace("_", " ").capitalize(), summary(module.__doc__ or "")


def members(value: object) -> dict[str, object]:
    """The public methods and properties of a class that a user of it meets, but for those of its public parents."""
    if isinstance(value, ast.ClassDef):
        return methods_of(value)
    found: dict[str, object] = {}
    for parent in value.__mro__ if isinstance(value, type) else ():
        if (parent is not value and parent in _classes()) or not parent.__module__.startswith("aleph_alpha"):
            continue
        for name, member in vars(parent).items():
            if not name.startswith("_") and inspect.getdoc(member) and _is_method(member):
                found.setdefault(name, member)
    return found


@cache
def _classes() -> frozenset[type]:
    return frozenset(name.value for name in public_names() if isinstance(name.value, type))


def documentation(name: PublicName) -> str:
    """The docstring of a public name; that of a constant or a type alias stands below it in the source."""
    if isinstance(name.value, ast.ClassDef | Function):
        return docstring_of(name.value)
    if inspect.isclass(name.value) or inspect.isroutine(name.value):
        return inspect.getdoc(name.value) or ""
    module, _, constant = name.defined.rpartition(".")
    body = ast.parse(inspect.getsource(importlib.import_module(module))).body
    for before, after in pairwise(body):
        targets = before.targets if isinstance(before, ast.Assign) else [getattr(before, "target", None)]
        assigned = any(isinstance(target, ast.Name) and target.id == constant for target in targets)
        if assigned and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            return inspect.cleandoc(str(after.value.value))
    return ""


def _is_method(member: object) -> bool:
    return isinstance(member, (staticmethod, classmethod, property, cached_property)) or inspect.isfunction(member)


def _module_of(package: str, name: str) -> str:
    try:
        return str(getattr(getattr(importlib.import_module(package), name), "__module__", package))
    except ModuleNotFoundError:
        return package


def _modules(package: str) -> dict[str, str]:
    """Name -> the module that a lazy package takes it from."""
    file = ROOT / package.replace(".", "/") / "__init__.py"
    if not file.exists():
        return {}
    return {
        name: f"{package}.{module}"
        for module, names in (exports(file.read_text("utf-8")) or {}).items()
        for name in names
    }
