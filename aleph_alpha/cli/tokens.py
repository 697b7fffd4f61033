"""``aleph-alpha tokenize`` and ``detokenize``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aleph_alpha.cli.command import Command, Context, Parser
from aleph_alpha.cli.failures import UsageError, one_line
from aleph_alpha.cli.inputs import text_of, text_of_words
from aleph_alpha.cli.sending import add_lines, made, no_arguments, one_by_one, run_lines

__all__ = ["COMMANDS"]


def _add_tokenize(parser: Parser) -> None:
    parser.add_argument("words", nargs="*", metavar="TEXT", help="the text; - is standard input, @FILE a file")
    parser.add_argument("--ids", action="store_true", help="the ids alone, separated by spaces")
    parser.add_argument("--count", action="store_true", help="how many tokens there are")
    add_lines(parser, "`prompt`")


def _tokenize(context: Context) -> None:
    from aleph_alpha import TokenizationRequest

    model = context.needed_model()

    def request(text: str) -> TokenizationRequest:
        return TokenizationRequest(text, tokens=True, token_ids=True)

    if context.options.jsonl is not None:
        no_arguments(context.options.words, "text")
        if context.options.ids or context.options.count:
            raise UsageError("--ids, --count and --jsonl exclude each other: the lines have tokens and ids")

        def make(record: Mapping[str, Any]) -> TokenizationRequest:
            return request(_only_member(record, "prompt", str, "a text"))

        run_lines(
            context,
            make,
            lambda client, requests, _: one_by_one(lambda one: client.tokenize(one, model), requests),
        )
        return
    text = text_of_words(context.options.words, "text")
    with context.client() as client:
        response = client.tokenize(request(text), model)
    ids, tokens = response.token_ids or (), response.tokens or ()
    if context.out.json:
        context.out.record({"count": len(ids)} if context.options.count else response)
    elif context.options.count:
        context.out.text(str(len(ids)))
    elif context.options.ids:
        context.out.text(" ".join(map(str, ids)))
    else:
        context.out.table(("ID", "TOKEN"), zip(ids, tokens, strict=True))


def _only_member(record: Mapping[str, Any], name: str, kind: type, what: str) -> Any:
    if set(record) != {name} or not isinstance(record[name], kind):
        raise UsageError(f"the line must have one member, {name}, {what}")
    return record[name]


def _add_detokenize(parser: Parser) -> None:
    parser.add_argument(
        "words", nargs="*", metavar="ID", help="token ids; -, @FILE or standard input: numbers, or a list in JSON"
    )
    add_lines(parser, "`token_ids`")


def _detokenize(context: Context) -> None:
    from aleph_alpha import DetokenizationRequest

    model = context.needed_model()
    if context.options.jsonl is not None:
        no_arguments(context.options.words, "list of ids")

        def make(record: Mapping[str, Any]) -> Any:
            return made(DetokenizationRequest, {"token_ids": _only_member(record, "token_ids", list, "a list of ids")})

        run_lines(
            context,
            make,
            lambda client, requests, _: one_by_one(lambda one: client.detokenize(one, model), requests),
        )
        return
    words = context.options.words
    text = " ".join(map(text_of, words)) if words else text_of_words((), "list of token ids")
    request = DetokenizationRequest(_ids(text))
    with context.client() as client:
        response = client.detokenize(request, model)
    if context.out.json:
        context.out.record(response)
    else:
        context.out.text(response.result)


def _ids(text: str) -> list[int]:
    words = re.findall(r"[^\s,\[\]]+", text)
    wrong = next((word for word in words if not re.fullmatch(r"[0-9]{1,18}", word)), None)
    if wrong is not None:
        raise UsageError(f"token ids must be whole numbers, got {one_line(wrong, 60)!r}")
    if not words:
        raise UsageError("the list of token ids is empty")
    return [int(word) for word in words]


COMMANDS = (
    Command(
        "tokenize",
        "Show the tokens of a text and their ids.",
        _tokenize,
        _add_tokenize,
        examples=(
            'aleph-alpha tokenize "An apple a day"',
            "aleph-alpha tokenize --count < prompt.txt",
        ),
        model=True,
    ),
    Command(
        "detokenize",
        "Show the text of token ids.",
        _detokenize,
        _add_detokenize,
        examples=(
            "aleph-alpha detokenize 2 3 4",
            'aleph-alpha tokenize "An apple" --ids | aleph-alpha detokenize',
        ),
        model=True,
    ),
)
