"""``aleph-alpha check``: what is wrong with the connection, the token or the deployment, and what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from aleph_alpha.cli.command import Command, Context
from aleph_alpha.cli.failures import UsageError, hint_for, message_of
from aleph_alpha.cli.settings import masked
from aleph_alpha.errors import AlephAlphaError, NotFoundError, PermissionDeniedError
from aleph_alpha.version import __version__

if TYPE_CHECKING:
    from aleph_alpha import Client

__all__ = ["COMMANDS"]

_BELOW = " " * 21  # the state and the name of a step
_SHOWN = 10  # findings about the contract, for people


@dataclass(frozen=True)
class Step:
    """What came of one step.

    Parameters:
        name: of the step.
        state: ``failed``: commands will not work; ``warning``: some may not; ``skipped``: another one failed.
        message: what was found.
        hint: what to do about it.
        error: what was raised.
        details: more of it, one text each.
    """

    name: str
    state: Literal["ok", "warning", "failed", "skipped"]
    message: str
    hint: str | None = None
    error: Exception | None = None
    details: tuple[str, ...] = ()


def _run(context: Context) -> None:
    steps = []
    for step in _steps(context):
        steps.append(step)
        if not context.out.json:
            _show(context, step)
    failed = next((step.error for step in steps if step.error is not None and step.state == "failed"), None)
    if context.out.json:
        told = [{name: value for name, value in vars(step).items() if name != "error"} for step in steps]
        context.out.record({"ok": failed is None, "steps": told})
    if failed is not None:
        raise failed


def _show(context: Context, step: Step) -> None:
    context.out.wrapped(f"{step.state:<8} {step.name:<11} ", step.message)
    for detail in step.details[:_SHOWN]:
        context.out.wrapped(_BELOW, detail)
    if len(step.details) > _SHOWN:
        context.out.wrapped(_BELOW, f"... and {len(step.details) - _SHOWN} more: --json shows all")
    if step.hint and step.state != "ok":
        context.out.wrapped(_BELOW, step.hint)
    context.out.flush()


def _steps(context: Context) -> Iterator[Step]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Step("client", "ok", f"aleph-alpha {__version__}, Python {python}, {sys.platform}")
    try:
        settings = context.settings
        host = settings.find("host")
        token = settings.token()
        client = context.client(retries=0)
    except (UsageError, AlephAlphaError, ImportError) as error:
        yield _failed("settings", error)
        yield from (Step(name, "skipped", "as the settings are not complete") for name in _NAMES)
        return
    shown = f"{masked('host', host.value) or client.host} ({host.source}), token from {token.source}"
    yield Step("settings", "ok", f"{shown}, profile {settings.profile}")
    with client:
        state = "ok"
        for name, step in zip(_NAMES, (_connection, _token, _models, _contract), strict=True):
            if state == "failed":
                yield Step(name, "skipped", "as the step before it failed")
                continue
            found = _tried(name, step, client)
            state = found.state
            yield found


_NAMES = ("connection", "token", "models", "contract")


def _tried(name: str, step: Callable[[Client], Step], client: Client) -> Step:
    try:
        return step(client)
    except (AlephAlphaError, ImportError) as error:
        return _failed(name, error)


def _failed(name: str, error: Exception) -> Step:
    hint = hint_for(error)
    advice = _ADVICE.get(name) if hint is None or "aleph-alpha check" in hint else hint
    return Step(name, "failed", message_of(error), advice, error)


_ADVICE = {
    "connection": "is the host right (`aleph-alpha config show`)? Is a proxy needed (AA_PROXY, HTTPS_PROXY), or a file "
    "of CA certificates (AA_CA_FILE)?",
    "token": "is it of this deployment, and not expired? Ask whoever runs it for a new one, then "
    "`aleph-alpha config set token`",
}


def _connection(client: Client) -> Step:
    begun = perf_counter()
    version = client.get_version()
    milliseconds = (perf_counter() - begun) * 1000
    client.validate_version()
    return Step("connection", "ok", f"API {version}, answered in {milliseconds:.0f} ms")


def _token(client: Client) -> Step:
    try:
        user = client.me()
    except (NotFoundError, PermissionDeniedError):
        client.models()  # asks for a token, too
        return Step("token", "ok", "accepted; this deployment has no accounts, or does not show them")
    return Step("token", "ok", f"accepted, of {user.email or user.id}")


def _models(client: Client) -> Step:
    names = [str(model["name"]) for model in client.models()]
    if not names:
        return Step("models", "warning", "none is available", "ask whoever runs the deployment")
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return Step("models", "ok", f"{len(names)} available: {shown}")


def _contract(client: Client) -> Step:
    try:
        report = client.check_compatibility()
    except (AlephAlphaError, ImportError) as error:
        return Step("contract", "warning", f"not compared: {message_of(error)}", hint_for(error))
    counts = f"{len(report.problems)} problems, {len(report.notes)} notes"
    message = f"API {report.api_version} against {report.contract_version}, which this client knows: {counts}"
    details = tuple(map(str, report.findings))
    if report.problems:
        return Step("contract", "warning", message, "is there a newer version of this package?", details=details)
    return Step("contract", "ok", message, details=details)


COMMANDS = (
    Command(
        "check",
        "Tell what is wrong with the connection, the token or the deployment, and what to do. It is the first thing "
        "that support asks for; no secret is in what it shows.",
        _run,
        examples=("aleph-alpha check", "aleph-alpha check --json"),
    ),
)
