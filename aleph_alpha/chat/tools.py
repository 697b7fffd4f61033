"""Tools: functions that a model may ask to have called, described from what they are in Python."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from aleph_alpha._call.checks import describe
from aleph_alpha._call.fields import given, known
from aleph_alpha._call.reading import given_model
from aleph_alpha.chat.messages import ToolCall
from aleph_alpha.errors import InvalidRequestError, ResponseError
from aleph_alpha.structured_output.kinds import is_pydantic, own_docstring, valid_name

if TYPE_CHECKING:
    from pydantic import BaseModel

    from aleph_alpha_api import models as api

__all__ = ["Tool", "ToolLike", "as_tool", "tool_model"]


@dataclass(frozen=True)
class Tool:
    """A function as the model gets to know it.

    Parameters:
        name: its name; the model calls it by it.
        description: what it does; the model decides by it.
        parameters: JSON schema of its arguments, an object; ``None`` where it has none.
        strict: hold the model to the schema; ``None`` leaves it to the API.
        function: what to run, if it is to be run here; see ``Client.chat_with_tools``.

    >>> def get_weather(location: str, days: int = 1) -> str:
    ...     '''The weather forecast of a place.
    ...
    ...     Args:
    ...         location: city and country, as in "Paris, France"
    ...     '''
    ...     return "rain"
    >>> tool = Tool.from_function(get_weather)
    >>> tool.name, tool.description, tool.parameters["required"]
    ('get_weather', 'The weather forecast of a place.', ['location'])
    >>> tool.parameters["properties"]["days"]
    {'type': 'integer', 'default': 1}
    """

    name: str
    description: str | None = None
    parameters: Mapping[str, Any] | None = None
    strict: bool | None = None
    function: Callable[..., Any] | None = field(default=None, repr=False)

    @classmethod
    def from_function(
        cls,
        function: Callable[..., Any],
        *,
        name: str | None = None,
        description: str | None = None,
        strict: bool | None = None,
    ) -> Tool:
        """The tool that a function is: its signature becomes the schema, its docstring the descriptions.

        Arguments may be of any type that pydantic can read from JSON: plain values, lists, dicts, enums,
        ``Literal``, dataclasses, TypedDicts, pydantic models, dates and unions of them, with the bounds
        of ``Annotated[int, Field(ge=1)]``; one without annotation may be anything. What is said about an
        argument in the docstring (as Google, NumPy or Sphinx lay it out), with ``Annotated[int, "..."]``
        or in a ``Field`` goes into the schema. The annotation of the result is not looked at.

        Methods, objects with ``__call__`` and ``functools.partial`` are functions, too; what a partial has
        bound is not told to the model, which cannot change it. For an ``AsyncClient`` it may be async.

        Parameters:
            function: what to run.
            name: what the model calls it by; its own name, spelt as the API takes it, unless given.
            description: in place of the docstring's; ``""`` for none.
            strict: hold the model to the schema; ``None`` leaves it to the API.

        Raises:
            InvalidRequestError: ``*args``, ``**kwargs``, an argument that is positional only, or one
                of a type that JSON has no values for.
        """
        from aleph_alpha.structured_output.schema import arguments_shape
        from aleph_alpha.structured_output.signature import function_name

        found = function_name(function) if callable(function) else None
        if not callable(function) or not (name or found):
            raise InvalidRequestError(f"a tool is made from a function with a name, not {describe(function)}")
        shape = arguments_shape(function)
        described = shape.description if description is None else description
        return cls(name or valid_name(found or ""), described or None, copy.deepcopy(shape.schema), strict, function)

    @classmethod
    def from_pydantic(cls, model: type[BaseModel], *, name: str | None = None, strict: bool | None = None) -> Tool:
        """A tool whose arguments are a pydantic model.

        It has no function: its calls are yours to make, ``Model(**call.arguments)``.

        Parameters:
            model: its JSON schema becomes the parameters, its own docstring the description.
            name: what the model calls it by; that of the class, spelt as the API takes it, unless given.
            strict: hold the model to the schema; ``None`` leaves it to the API.

        Raises:
            InvalidRequestError: it is not a pydantic model, or has a field that JSON has no values for.

        >>> from pydantic import BaseModel
        >>> class GetWeather(BaseModel):
        ...     "The weather forecast of a place."
        ...     location: str
        >>> tool = Tool.from_pydantic(GetWeather)
        >>> tool.name, tool.description, tool.parameters["required"]
        ('GetWeather', 'The weather forecast of a place.', ['location'])
        """
        if not is_pydantic(model):
            raise InvalidRequestError(f"from_pydantic takes a pydantic model, not {describe(model)}")
        from aleph_alpha.structured_output.schema import model_schema

        description = inspect.cleandoc(own_docstring(model) or "") or None
        return cls(name or valid_name(model.__name__), description, model_schema(model), strict)

    @classmethod
    def from_json(cls, json: Mapping[str, Any], function: Callable[..., Any] | None = None) -> Tool:
        """The tool of a definition as the API takes it.

        Parameters:
            json: ``{"type": "function", "function": {"name": ...}}``.
            function: what to run, if it is to be run here.

        Raises:
            InvalidRequestError: it is none.

        >>> Tool.from_json({"type": "function", "function": {"name": "now", "description": "The time."}})
        Tool(name='now', description='The time.', parameters=None, strict=None)
        """
        from aleph_alpha_api import models as api

        model = given_model(api.ChatRequestTool.from_dict, json, "tool").function
        parameters = model.parameters.to_dict() if model.parameters else None
        return cls(model.name, known(model.description), parameters, known(model.strict), function)

    def to_json(self) -> Mapping[str, Any]:
        """The definition as the API takes it; the function stays here.

        >>> Tool("now", "The time.").to_json()
        {'type': 'function', 'function': {'name': 'now', 'description': 'The time.'}}
        """
        return tool_model(self, "tool").to_dict()

    def read_arguments(self, call: ToolCall) -> dict[str, Any]:
        """The arguments of a call, as the types that the function is annotated with.

        Without a function, or with one that no schema can be made of, they are what JSON makes of them.

        Raises:
            ResponseError: they are not valid JSON, or do not fit the function; the message says which.

        >>> from aleph_alpha import FunctionCall
        >>> def book(nights: int) -> str: ...
        >>> Tool.from_function(book).read_arguments(ToolCall("1", "function", FunctionCall("book", '{"nights": 2}')))
        {'nights': 2}
        """
        arguments = call.arguments
        if self.function is None:
            return arguments
        from aleph_alpha.structured_output.mismatch import Mismatch
        from aleph_alpha.structured_output.schema import arguments_shape

        try:
            shape = arguments_shape(self.function)
        except InvalidRequestError:  # as of **kwargs: only its own schema, written by hand, describes it
            return arguments
        try:
            return shape.read(call.function.arguments if arguments else "{}")
        except Mismatch as error:
            message = f"the arguments for {self.name} do not fit: {error}"
            raise ResponseError(message, path=error.path, body=call.function.arguments.encode()) from error


# What `ChatRequest.tools` takes for a tool; classes, as pydantic models are, count as callables.
ToolLike: TypeAlias = Tool | Callable[..., Any] | Mapping[str, Any]


def as_tool(tool: Any, field: str) -> Tool:
    """A tool of whatever describes one."""
    if isinstance(tool, Tool):
        return tool
    if isinstance(tool, Mapping):
        return Tool.from_json(tool)
    if is_pydantic(tool):
        return Tool.from_pydantic(tool)
    if callable(tool):
        return Tool.from_function(tool)
    raise InvalidRequestError(f"{field} must be a Tool, a function, a pydantic model or a dict, not {describe(tool)}")


def tool_model(tool: Any, field: str) -> api.ChatRequestTool:
    """The generated model of a tool; `field` names it in errors."""
    from aleph_alpha_api import models as api

    if isinstance(tool, Mapping):
        return given_model(api.ChatRequestTool.from_dict, tool, field)
    described = as_tool(tool, field)
    parameters = None
    if described.parameters is not None:
        parameters = api.FunctionParameters()
        parameters.additional_properties = dict(described.parameters)
    function = api.FunctionObject(
        name=described.name,
        description=given(described.description or None),
        parameters=given(parameters),
        strict=given(described.strict),
    )
    return api.ChatRequestTool(type_=api.ToolType.FUNCTION, function=function)
