"""The control API of the faults: rules as JSON, for a server in another process.

``POST /_faults`` adds a rule, ``GET /_faults`` lists them, ``DELETE /_faults`` ends all of them and
``DELETE /_faults/<id>`` one. Such requests meet no fault themselves and are not counted.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, get_args, get_origin, get_type_hints

from aleph_alpha.testing.faults.kinds import KINDS, Fault
from aleph_alpha.testing.faults.response import FaultResponse
from aleph_alpha.testing.faults.rules import Faults, Rule

__all__ = ["PATH", "control"]

PATH = "/_faults"

_SETTINGS = frozenset({"path", "operation", "on", "share", "seed"})


def control(faults: Faults, method: str, url: str, body: bytes) -> FaultResponse:
    """Carry out a request and answer it."""
    try:
        status, content = _response(faults, method, url.partition("?")[0].rstrip("/"), body)
    except (ValueError, TypeError) as error:
        status, content = 400, {"error": str(error), "code": "INVALID_FAULT"}
    return FaultResponse(status, [("content-type", "application/json")], [json.dumps(content).encode()])


def _response(faults: Faults, method: str, path: str, body: bytes) -> tuple[int, Any]:
    match method, path.removeprefix(PATH).split("/"):
        case "GET", [""]:
            return 200, [_described(rule) for rule in faults.rules]
        case "POST", [""]:
            return 201, _described(_added(faults, json.loads(body)))
        case "DELETE", [""]:
            faults.clear()
            return 200, []
        case "DELETE", ["", number]:
            for rule in faults.rules:
                if str(rule.id) == number:
                    rule.end()
                    return 200, _described(rule)
    return 404, {"error": f"{method} {path} is nothing that {PATH} knows", "code": "NOT_FOUND"}


def _added(faults: Faults, request: Any) -> Rule:
    if not isinstance(request, dict) or not isinstance(request.get("faults"), list):
        raise ValueError('the body must be an object with "faults", a list')
    unknown = request.keys() - _SETTINGS - {"faults"}
    if unknown:
        raise ValueError(f"{sorted(unknown)[0]!r} is not one of faults, {', '.join(sorted(_SETTINGS))}")
    settings = {name: value for name, value in request.items() if name in _SETTINGS and value is not None}
    _check_settings(settings)
    return faults.add(*(_fault(each) for each in request["faults"]), **settings)


def _check_settings(settings: Mapping[str, Any]) -> None:
    hints = {"path": str, "operation": str, "on": int | list[int], "share": float, "seed": int}
    for name, value in settings.items():
        _check(name, value, hints[name])


def _fault(described: Any) -> Fault:
    if not isinstance(described, dict) or described.get("kind") not in KINDS:
        raise ValueError(f'a fault is an object with "kind", one of {", ".join(KINDS)}')
    kind: Any = KINDS[described["kind"]]
    hints = get_type_hints(kind)
    values = {name: value for name, value in described.items() if name != "kind"}
    known = [each.name for each in dataclasses.fields(kind)]
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"{described['kind']} has no {name!r}; it has {', '.join(known) or 'nothing'}")
        _check(f"{described['kind']}.{name}", value, hints[name])
    fault: Fault = kind(**values)
    return fault


def _check(name: str, value: Any, hint: Any) -> None:
    """Refuse a value of another type than the field's."""
    if not _fits(value, hint):
        wanted = getattr(hint, "__name__", None) if isinstance(hint, type) else str(hint).replace("typing.", "")
        raise ValueError(f"{name} must be {wanted}, not {value!r}")


def _fits(value: Any, hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(hint, type) and origin is None:
        return isinstance(value, hint)
    if origin is list:
        return isinstance(value, list) and all(_fits(each, arguments[0]) for each in value)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    if str(origin) == "typing.Literal":
        return any(value == each and type(value) is type(each) for each in arguments)
    return any(_fits(value, each) for each in arguments)  # a union


def _described(rule: Rule) -> dict[str, Any]:
    names = {kind: name for name, kind in KINDS.items()}
    return {
        "id": rule.id,
        "faults": [{"kind": names[type(each)], **dataclasses.asdict(each)} for each in rule.faults],  # type: ignore[call-overload]
        "path": rule.path,
        "seen": rule.seen,
        "hits": rule.hits,
    }
