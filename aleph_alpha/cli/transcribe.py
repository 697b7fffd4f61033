"""``aleph-alpha transcribe``: what is said in a recording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aleph_alpha.cli.command import FILE, Command, Context, Parser
from aleph_alpha.cli.failures import UsageError
from aleph_alpha.cli.inputs import read_bytes
from aleph_alpha.cli.request_fields import checked_fields
from aleph_alpha.cli.sending import add_lines, made, no_arguments, run_lines

__all__ = ["COMMANDS"]


def _add(parser: Parser) -> None:
    parser.add_argument("audio", nargs="?", metavar=FILE, help="the recording; - is standard input")
    parser.add_argument("--language", help="what is spoken, such as en (default: the API finds out)")
    parser.add_argument("--segments", action="store_true", help="piece by piece, with the seconds of each")
    add_lines(parser, "`audio` (a path) and `language`")


def _run(context: Context) -> None:
    from aleph_alpha import TranscriptionRequest

    options = context.options
    model = context.needed_model()
    language = {} if options.language is None else {"language": options.language}
    if options.jsonl is not None:
        no_arguments([options.audio] if options.audio else [], "recording")

        def make(record: Mapping[str, Any]) -> Any:
            record = {"audio" if name == "prompt" else name: value for name, value in record.items()}
            told = {**language, **checked_fields(TranscriptionRequest, record)}
            return _request(made(TranscriptionRequest, told).audio, told)

        run_lines(
            context,
            make,
            lambda client, requests, concurrency: client.iter_transcribe_many(
                requests, model, num_concurrent_requests=concurrency, return_errors=True
            ),
        )
        return
    if options.audio is None:
        raise UsageError("no recording: give the name of a file, or - for standard input")
    request = _request(options.audio, language)
    with context.client() as client:
        response = client.transcribe(request, model)
    if context.out.json:
        context.out.record(response)
    elif options.segments:
        rows = [(one.start, one.end, one.text) for one in response.segments or ()]
        context.out.table(("START", "END", "TEXT"), rows)
    else:
        context.out.text(response.transcription)


def _request(path: Any, fields: Mapping[str, Any]) -> Any:
    from aleph_alpha import TranscriptionRequest

    if not isinstance(path, str):
        raise UsageError(f"audio must be the path of a file, not {type(path).__name__}")
    name = "audio" if path == "-" else path.replace("\\", "/").rpartition("/")[2]
    return TranscriptionRequest(**{"file_name": name, **fields, "audio": read_bytes(path)})


COMMANDS = (
    Command(
        "transcribe",
        "Write down what is said in a recording.",
        _run,
        _add,
        examples=(
            "aleph-alpha transcribe speech.wav --language en",
            "aleph-alpha transcribe - --json < speech.wav",
        ),
        model=True,
    ),
)
