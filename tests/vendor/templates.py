"""Renders templates with one package: ``python templates.py <package>``, cases and prompts as JSON on stdin and stdout.

Also run by an interpreter that has the vendor's package only, so that it imports nothing of this project.
A value is JSON; ``{"$placeholder": ids}`` is a placeholder, ``{"$embed": items}`` an embedded prompt, where an item is
a text or a list of token ids; ``{"$format": value}`` is the value inside of an f-string.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any


def value(given: Any, template: Any, prompt: Any) -> Any:
    if isinstance(given, list):
        return [value(one, template, prompt) for one in given]
    if not isinstance(given, dict):
        return given
    if "$placeholder" in given:
        return template.placeholder(prompt.Tokens.from_token_ids(given["$placeholder"]))
    if "$embed" in given:
        items = [
            prompt.Text.from_text(one) if isinstance(one, str) else prompt.Tokens.from_token_ids(one)
            for one in given["$embed"]
        ]
        return template.embed_prompt(prompt.Prompt(items))
    if "$format" in given:
        return f"({value(given['$format'], template, prompt)})"
    return {key: value(one, template, prompt) for key, one in given.items()}


def main(package: str) -> None:
    prompt = importlib.import_module(f"{package}.prompt")
    kind = importlib.import_module(f"{package}.prompt_template").PromptTemplate
    rendered: list[Any] = []
    for source, values in json.load(sys.stdin):
        try:
            template = kind(source)
            built = template.to_prompt(**{name: value(given, template, prompt) for name, given in values.items()})
            rendered.append(built.to_json())
        except Exception:
            rendered.append("error")
    json.dump(rendered, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
