"""Structured output: which request makes a model write JSON of a shape, and what reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Literal, TypeAlias

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.output_parsers import BaseOutputParser, JsonOutputParser, PydanticOutputParser
from langchain_core.output_parsers.openai_tools import JsonOutputKeyToolsParser, PydanticToolsParser
from langchain_core.outputs import Generation
from langchain_core.runnables import Runnable, RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema, convert_to_openai_tool
from langchain_core.utils.pydantic import is_basemodel_subclass

from aleph_alpha import JSONSchema

__all__ = ["Method", "structured"]

Method: TypeAlias = Literal["json_schema", "function_calling", "json_mode"]

_THOUGHTS = re.compile(r"\A\s*<think>.*?(</think>|\Z)", re.DOTALL)


def structured(
    model: BaseChatModel,
    schema: Any,
    method: Method,
    *,
    include_raw: bool,
    strict: bool | None,
    options: Mapping[str, Any],
) -> Runnable[LanguageModelInput, Any]:
    """The model, made to write what fits the schema, and what reads it behind it.

    Raises:
        ValueError: a method that there is not, or no schema where one is needed.
    """
    if method not in ("json_schema", "function_calling", "json_mode"):
        raise ValueError(f"method must be 'json_schema', 'function_calling' or 'json_mode', got {method!r}")
    if schema is None and method != "json_mode":
        raise ValueError(f"schema must be given with method={method!r}")
    is_class = isinstance(schema, type) and is_basemodel_subclass(schema)
    about = {"kwargs": {"method": method} | ({} if strict is None else {"strict": strict})}
    described = None if schema is None else convert_to_json_schema(schema)
    about["schema"] = described or {}
    parser: Any
    if method == "function_calling":
        name = convert_to_openai_tool(schema)["function"]["name"]
        llm = model.bind_tools(
            [schema], tool_choice=name, strict=strict, ls_structured_output_format=about, **dict(options)
        )
        if is_class:
            parser = PydanticToolsParser(tools=[schema], first_tool_only=True)
        else:
            parser = JsonOutputKeyToolsParser(key_name=name, first_tool_only=True)
    else:
        llm = model.bind(
            response_format=_response_format(described, strict=method == "json_schema" if strict is None else strict),
            ls_structured_output_format=about,
            **options,
        )
        parser = _PydanticParser(pydantic_object=schema) if is_class else _JsonParser()
    return _with_raw(llm, parser) if include_raw else llm | parser


def _response_format(schema: dict[str, Any] | None, strict: bool) -> JSONSchema:
    """The API has no mode of its own for any JSON: that is a schema which fits all objects."""
    if schema is None:
        return JSONSchema({"type": "object"}, "json", strict=False)
    name = re.sub(r"[^\w-]", "_", schema.get("title") or "response", flags=re.ASCII)[:64]
    return JSONSchema(schema, name, schema.get("description"), strict=strict)


def _with_raw(llm: Runnable[LanguageModelInput, Any], parser: BaseOutputParser[Any]) -> Runnable[Any, Any]:
    parsed = RunnablePassthrough.assign(parsed=itemgetter("raw") | parser, parsing_error=lambda _: None)
    failed = RunnablePassthrough.assign(parsed=lambda _: None)
    return RunnableMap(raw=llm) | parsed.with_fallbacks([failed], exception_key="parsing_error")


def _spoken(result: list[Generation]) -> list[Generation]:
    """Without what a reasoning model thinks aloud first."""
    return [Generation(text=_THOUGHTS.sub("", one.text)) for one in result]


class _JsonParser(JsonOutputParser):
    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Any:
        return super().parse_result(_spoken(result), partial=partial)


class _PydanticParser(PydanticOutputParser[Any]):
    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Any:
        return super().parse_result(_spoken(result), partial=partial)
