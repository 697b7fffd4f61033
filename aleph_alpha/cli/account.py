"""``aleph-alpha whoami``, ``tokens`` and ``requests``: the account behind the token."""

from __future__ import annotations

import sys
from dataclasses import fields

from aleph_alpha.cli.command import Command, Context, Parser, count
from aleph_alpha.cli.failures import FAILURE, PartlyFailed, UsageError, message_of
from aleph_alpha.cli.inputs import text_of_words
from aleph_alpha.cli.output import abandon, plain
from aleph_alpha.errors import AuthenticationError, NotFoundError, PermissionDeniedError

__all__ = ["COMMANDS", "confirm"]


def _whoami(context: Context) -> None:
    with context.client() as client:
        user = plain(client.me())
        try:
            permissions: list[str] | None = client.check_privileges()
        except (NotFoundError, PermissionDeniedError, AuthenticationError):
            permissions = None  # a deployment without them; the token itself was good for /users/me
    if context.out.json:
        context.out.record({**user, "permissions": permissions})
        return
    shown = {**user, "permissions": "unknown" if permissions is None else ", ".join(permissions) or "none"}
    context.out.pairs({name: value for name, value in shown.items() if value is not None})


def _list_tokens(context: Context) -> None:
    with context.client() as client:
        tokens = client.list_tokens()
    if context.out.json:
        for token in tokens:
            context.out.record(token)
    else:
        context.out.table(("ID", "DESCRIPTION"), [(token.token_id, token.description) for token in tokens])


def _create_token(context: Context) -> None:
    description = text_of_words(context.options.words, "description")
    with context.client() as client:
        new = client.create_token(description)
    secret, token_id = new.token.reveal(), new.metadata.token_id
    try:
        if context.out.json:
            context.out.record({**plain(new.metadata), "token": secret})
        else:
            context.out.text(secret)
        context.out.flush()
    except OSError as error:
        abandon(sys.stdout)
        raise PartlyFailed(
            f"the new token could not be written: {message_of(error)}",
            code=FAILURE,
            hint=f"nobody has its secret: `aleph-alpha tokens delete {token_id}`",
        ) from error
    if not context.out.json:
        context.out.note(f"this is the only time that it is shown; its id is {token_id}")


def _delete_token(context: Context) -> None:
    token_id = context.options.token_id
    confirm(context, f"delete the API token {token_id}")
    with context.client() as client:
        client.delete_token(token_id)
    if context.out.json:
        context.out.record({"token_id": token_id, "deleted": True})
    else:
        context.out.note(f"the token {token_id} is deleted")


def confirm(context: Context, what: str) -> None:
    """Ask whether to do what cannot be undone.

    Raises:
        UsageError: the answer is not yes, or nobody is there to be asked.
    """
    if context.options.yes:
        return
    if context.out.json or sys.stdin is None or not sys.stdin.isatty() or not context.out.is_terminal:
        raise UsageError(f"to {what} without being asked, say --yes")
    if input(f"Really {what}? [y/N] ").strip().lower() not in ("y", "yes"):
        raise UsageError("nothing was done")


def _requests(context: Context) -> None:
    with context.client() as client:
        recent = client.recent_requests()
    if context.options.limit is not None:
        recent = recent[: context.options.limit]
    if context.out.json:
        for one in recent:
            context.out.record(one)
    elif recent:
        names = [one.name for one in fields(recent[0])]
        head = [name.removesuffix("_timestamp").replace("_", " ").upper() for name in names]
        context.out.table(head, [[getattr(one, name) for name in names] for one in recent])


def _add_create(parser: Parser) -> None:
    parser.add_argument("words", nargs="*", metavar="DESCRIPTION", help="what the token is for")


def _add_delete(parser: Parser) -> None:
    parser.add_argument("token_id", type=count, metavar="ID", help="as `aleph-alpha tokens list` shows it")
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask")


def _add_requests(parser: Parser) -> None:
    parser.add_argument("--limit", type=count, metavar="N", help="the first N only")


COMMANDS = (
    Command(
        "whoami",
        "Show the account behind the token, and what the token may do.",
        _whoami,
        examples=("aleph-alpha whoami", "aleph-alpha whoami --json"),
    ),
    Command(
        "tokens list",
        "List the account's API tokens, without their secrets.",
        _list_tokens,
        examples=("aleph-alpha tokens list",),
    ),
    Command(
        "tokens create",
        "Create an API token. Its secret goes to standard output, this one time.",
        _create_token,
        _add_create,
        examples=('aleph-alpha tokens create "for the nightly job" > token.txt',),
    ),
    Command(
        "tokens delete",
        "Delete an API token. Asks before it does, in a terminal.",
        _delete_token,
        _add_delete,
        examples=("aleph-alpha tokens delete 1 --yes",),
    ),
    Command(
        "requests",
        "List recent requests of the account. Newer deployments may not have them.",
        _requests,
        _add_requests,
        examples=("aleph-alpha requests --limit 5",),
    ),
)
