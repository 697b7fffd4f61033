"""``aleph-alpha models`` and ``model``: what each model can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aleph_alpha.cli.command import Command, Context, Parser
from aleph_alpha.cli.failures import UsageError, one_line
from aleph_alpha.cli.output import plain
from aleph_alpha.cli.request_fields import suggestion
from aleph_alpha.errors import NotFoundError

if TYPE_CHECKING:
    from aleph_alpha import Client, ModelSettings

__all__ = ["COMMANDS"]

_CAPABILITIES = ("complete", "chat", "images", "semantic_embed", "instructable_embed", "raw_embed")


def _models(context: Context) -> None:
    able = context.options.can
    with context.client() as client:
        found = [one for one in _catalogue(client) if able is None or (one.available and one.can(able))]
    if context.out.json:
        for one in found:
            context.out.record(_described(one))
        return
    rows = [(one.name, one.status or "", one.max_context_size, ", ".join(_abilities(one)) or "-") for one in found]
    context.out.table(("NAME", "STATUS", "CONTEXT", "CAN"), rows)


def _catalogue(client: Client) -> list[ModelSettings]:
    """The models; of older deployments, what their list says."""
    from aleph_alpha import ModelSettings

    try:
        return client.model_settings()
    except NotFoundError:
        return [
            ModelSettings(
                name=one["name"],
                status="available",
                description=one.get("description"),
                multimodal=one.get("image_support"),
                max_context_size=one.get("max_context_size"),
                semantic_embedding="symmetric" in (one.get("embedding_types") or ()),
                aligned=one.get("aligned"),
                prompt_template=one.get("prompt_template"),
                maximum_completion_tokens=one.get("maximum_completion_tokens"),
            )
            for one in client.models()
        ]


def _abilities(model: ModelSettings) -> list[str]:
    return [capability for capability in _CAPABILITIES if model.can(capability)]  # type: ignore[arg-type]


def _described(model: ModelSettings) -> dict[str, Any]:
    return {**plain(model), "can": _abilities(model)}


def _model(context: Context) -> None:
    with context.client() as client:
        found = {one.name: one for one in _catalogue(client)}
    name = context.options.name
    if name not in found:
        close = suggestion(name, found) or f"; there are: {', '.join(found) or 'none'}"
        raise UsageError(f"there is no model {one_line(name, 60)!r}{close}")
    described = _described(found[name])
    if context.out.json:
        context.out.record(described)
    else:
        shown = {**described, "can": ", ".join(described["can"])}
        context.out.pairs({key: value for key, value in shown.items() if value is not None})


def _add_models(parser: Parser) -> None:
    parser.add_argument(
        "--can",
        choices=_CAPABILITIES,
        metavar="WHAT",
        help=f"only available models that can do this: {', '.join(_CAPABILITIES)}",
    )


def _add_model(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="name of the model")


COMMANDS = (
    Command(
        "models",
        "List the models and what each can do. A table in a terminal, columns separated by tabs in a pipe.",
        _models,
        _add_models,
        examples=("aleph-alpha models", "aleph-alpha models --can chat --json"),
    ),
    Command(
        "model",
        "Tell all about one model.",
        _model,
        _add_model,
        examples=("aleph-alpha model toy-base",),
    ),
)
