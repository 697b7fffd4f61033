"""Token ids as an item of a prompt, and the controls on them."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aleph_alpha._call.checks import check_field, integer, sequence, short
from aleph_alpha.errors import InvalidRequestError
from aleph_alpha.prompt.controls import api, each_control, factor, read_model

__all__ = ["TokenControl", "Tokens", "token_ids", "tokens_from_model", "tokens_model"]


@dataclass(frozen=True)
class TokenControl:
    """Strengthens or weakens the attention that one token of a ``Tokens`` item gets.

    Parameters:
        pos: index of the token in its item, from 0.
        factor: below 1 weakens, 1 changes nothing, above 1 strengthens.

    >>> Tokens([1, 2, 3], controls=[TokenControl(pos=1, factor=0.5)]).to_json()["controls"]
    [{'index': 1, 'factor': 0.5}]
    """

    pos: int
    factor: float

    def to_json(self) -> Mapping[str, Any]:
        """The control as the API takes it."""
        return _control_model(self, type(self).__name__, bounds=False).to_dict()


@dataclass(frozen=True)
class Tokens:
    """Token ids in a prompt, passed to the model as they are.

    Parameters:
        tokens: ids of the model's own vocabulary.
        controls: attention control of single tokens.

    >>> from aleph_alpha.prompt import Prompt, Text
    >>> Prompt([Tokens([1, 2, 3]), Text("and text")]).items[0]
    Tokens(tokens=[1, 2, 3], controls=[])
    """

    tokens: Sequence[int]
    controls: Sequence[TokenControl] = field(default_factory=list)

    def to_json(self) -> Mapping[str, Any]:
        """The prompt item as the API takes it.

        Raises:
            InvalidRequestError: a member of a type that the API has no form for.
        """
        return tokens_model(self, type(self).__name__, bounds=False).to_dict()

    @staticmethod
    def from_json(json: Mapping[str, Any]) -> Tokens:
        """The item of a prompt item's JSON, with its controls.

        Raises:
            InvalidRequestError: a member is missing or has the wrong type.
        """
        return tokens_from_model(read_model(api.TokenIdsPromptItem, "token_ids", json, "Tokens"))

    @staticmethod
    def from_token_ids(token_ids: Sequence[int]) -> Tokens:
        """An item without controls.

        >>> Tokens.from_token_ids([1, 2, 3]) == Tokens([1, 2, 3], controls=[])
        True
        """
        return Tokens(token_ids, [])


def tokens_model(item: Tokens, field: str, bounds: bool = True) -> api.TokenIdsPromptItem:
    """The generated model of token ids and their controls; for JSON that is not sent, without a look at bounds.

    Raises:
        InvalidRequestError: what cannot be sent, by its path below `field`: wrong types, a negative
            id, a control of a token that is not there.
    """
    ids = token_ids(item.tokens, f"{field}.tokens", bounds)
    controls = []
    for at, control in each_control(item.controls, TokenControl, field):
        model = _control_model(control, at, bounds)
        if bounds and not 0 <= control.pos < len(ids):
            raise InvalidRequestError(f"{at}.pos is {control.pos}, the item has {len(ids)} tokens")
        controls.append(model)
    return api.TokenIdsPromptItem(data=ids, controls=controls)


def token_ids(tokens: object, field: str, bounds: bool = True) -> list[int]:
    """The ids as a list; one that is a list already is not copied.

    Raises:
        InvalidRequestError: not a list of integers from 0 to 2**64 - 1, which is what JSON libraries hold.
    """
    # An array of numpy is not a Sequence.
    ids: Any = tokens if hasattr(tokens, "__array__") else sequence(tokens, field)
    if not (set(map(type, ids)) == {int} and _in_range(ids)):  # the fast way, for prompts of many thousand ids
        for i, token in enumerate(ids):
            check_field(token, integer, f"{field}[{i}]")
            if bounds and not 0 <= token < 2**64:
                raise InvalidRequestError(f"{field}[{i}] must be a token id, 0 or greater, got {short(token)}")
    return ids if isinstance(ids, list) else list(ids)


def _in_range(ids: Sequence[int]) -> bool:
    try:
        array("Q", ids)
    except OverflowError:
        return False
    return True


def _control_model(control: TokenControl, at: str, bounds: bool) -> api.TokenControl:
    check_field(control.pos, integer, f"{at}.pos")
    return api.TokenControl(control.pos, factor(control.factor, at, bounds))


def tokens_from_model(model: api.TokenIdsPromptItem) -> Tokens:
    """The token ids of their generated model."""
    return Tokens(model.data, [TokenControl(control.index, control.factor) for control in model.controls or ()])
