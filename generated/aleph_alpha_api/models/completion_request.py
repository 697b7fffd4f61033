# Generated from openapi/inference.yaml by scripts/regenerate.py. Not to be edited.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import at_item, fields_of, kept, missing_field, not_integer, not_number, odd, wrong_tag, wrong_type
from ..errors import DecodeError
from ..models.hosting import Hosting
from ..models.image_prompt_item import ImagePromptItem
from ..models.logit_bias import LogitBias
from ..models.text_prompt_item import TextPromptItem
from ..models.token_ids_prompt_item import TokenIdsPromptItem
from ..types import UNSET, Kept, Unset

T = TypeVar("T", bound="CompletionRequest")


@_attrs_define
class CompletionRequest:
    """What to complete, and how.

    Attributes:
        model (str): Name of the model.
        prompt (list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str): A text, or a list of items that are
            joined to one prompt.
        hosting (Hosting | None | Unset): Where a request may be computed. Null or absent allows any place.
        tags (list[str] | Unset): Labels that clients attach to a request, for the operator's own use.
        maximum_tokens (int | None | Unset): Most tokens to generate. Null or absent leaves it to the model's own limit.
        minimum_tokens (int | Unset): Tokens to generate before the end-of-text token is allowed.
        echo (bool | Unset): Puts the prompt in front of the completion, with its log probabilities where those are
            asked for.
        temperature (float | None | Unset): 0 is repeatable, up to 1 more varied. Applied before `top_k`.
        top_k (int | None | Unset): Samples from this many of the most likely tokens; 0 is off. Applied before `top_p`.
        top_p (float | None | Unset): Samples from the fewest tokens that reach this probability together, 0 to 1; 0 is
            off.
        presence_penalty (float | None | Unset): Makes tokens that occurred less likely, however often they did.
        frequency_penalty (float | None | Unset): Makes tokens that occurred less likely, the more the oftener they did.
        sequence_penalty (float | Unset): Makes it less likely that a sequence of tokens that occurred is repeated.
        sequence_penalty_min_length (int | Unset): Fewest tokens that count as a sequence.
        repetition_penalties_include_prompt (bool | None | Unset): Whether the prompt's tokens count as having occurred.
        repetition_penalties_include_completion (bool | Unset): Whether the generated tokens count as having occurred.
        use_multiplicative_presence_penalty (bool | None | Unset): Multiplies by the presence penalty where it is
            otherwise added.
        use_multiplicative_frequency_penalty (bool | Unset): Multiplies by the frequency penalty where it is otherwise
            added.
        use_multiplicative_sequence_penalty (bool | Unset): Multiplies by the sequence penalty where it is otherwise
            added.
        penalty_bias (None | str | Unset): A text whose tokens count as having occurred, too.
        penalty_exceptions (list[str] | None | Unset): Texts that are never penalized.
        penalty_exceptions_include_stop_sequences (bool | None | Unset): Whether the stop sequences are never penalized
            either.
        best_of (int | None | Unset): Generates this many completions and returns the `n` with the highest log
            probability a token. Greater than `n`. Not with `stream`.
        n (int | None | Unset): How many completions to return.
        logit_bias (LogitBias | None | Unset): What to add to the logit of a token before sampling.
        log_probs (int | None | Unset): How many of the most likely tokens to return with their log probabilities at
            each position, besides the one that was chosen. Null or absent returns none.
        stop_sequences (list[str] | None | Unset): Texts that end the completion where they are generated.
        tokens (bool | None | Unset): Answers the completion's tokens, too.
        raw_completion (bool | Unset): Answers the completion as the model gave it, too.
        disable_optimizations (bool | None | Unset): Keeps the server from changing prompt and completion for the
            better.
        completion_bias_inclusion (list[str] | Unset): Texts to choose from; nothing else is generated.
        completion_bias_inclusion_first_token_only (bool | Unset): Applies `completion_bias_inclusion` to the first
            token only.
        completion_bias_exclusion (list[str] | Unset): Texts that are not generated.
        completion_bias_exclusion_first_token_only (bool | Unset): Applies `completion_bias_exclusion` to the first
            token only.
        contextual_control_threshold (float | None | Unset): Null applies controls to the marked tokens only. A number
            applies them as well to each token whose embedding is at least that similar (cosine) to a marked one.
        control_log_additive (bool | Unset): True adds the logarithm of a control's factor to the attention scores.
            False multiplies the scores' distance from their minimum by it.
        stream (bool | Unset): Answers an event stream. Not with `best_of`.
        steering_concepts (list[str] | Unset): Concepts to apply, at most one.
    """

    model: str
    prompt: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str
    hosting: Hosting | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    maximum_tokens: int | None | Unset = UNSET
    minimum_tokens: int | Unset = UNSET
    echo: bool | Unset = UNSET
    temperature: float | None | Unset = UNSET
    top_k: int | None | Unset = UNSET
    top_p: float | None | Unset = UNSET
    presence_penalty: float | None | Unset = UNSET
    frequency_penalty: float | None | Unset = UNSET
    sequence_penalty: float | Unset = UNSET
    sequence_penalty_min_length: int | Unset = UNSET
    repetition_penalties_include_prompt: bool | None | Unset = UNSET
    repetition_penalties_include_completion: bool | Unset = UNSET
    use_multiplicative_presence_penalty: bool | None | Unset = UNSET
    use_multiplicative_frequency_penalty: bool | Unset = UNSET
    use_multiplicative_sequence_penalty: bool | Unset = UNSET
    penalty_bias: None | str | Unset = UNSET
    penalty_exceptions: list[str] | None | Unset = UNSET
    penalty_exceptions_include_stop_sequences: bool | None | Unset = UNSET
    best_of: int | None | Unset = UNSET
    n: int | None | Unset = UNSET
    logit_bias: LogitBias | None | Unset = UNSET
    log_probs: int | None | Unset = UNSET
    stop_sequences: list[str] | None | Unset = UNSET
    tokens: bool | None | Unset = UNSET
    raw_completion: bool | Unset = UNSET
    disable_optimizations: bool | None | Unset = UNSET
    completion_bias_inclusion: list[str] | Unset = UNSET
    completion_bias_inclusion_first_token_only: bool | Unset = UNSET
    completion_bias_exclusion: list[str] | Unset = UNSET
    completion_bias_exclusion_first_token_only: bool | Unset = UNSET
    contextual_control_threshold: float | None | Unset = UNSET
    control_log_additive: bool | Unset = UNSET
    stream: bool | Unset = UNSET
    steering_concepts: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        json_: dict[str, Any] = {
            "model": self.model,
            "prompt": ([item_.to_dict() for item_ in self.prompt] if isinstance(self.prompt, list) else self.prompt),
        }
        if self.hosting is not UNSET:
            json_["hosting"] = str(self.hosting) if isinstance(self.hosting, Hosting) else self.hosting
        if self.tags is not UNSET:
            json_["tags"] = self.tags
        if self.maximum_tokens is not UNSET:
            json_["maximum_tokens"] = self.maximum_tokens
        if self.minimum_tokens is not UNSET:
            json_["minimum_tokens"] = self.minimum_tokens
        if self.echo is not UNSET:
            json_["echo"] = self.echo
        if self.temperature is not UNSET:
            json_["temperature"] = self.temperature
        if self.top_k is not UNSET:
            json_["top_k"] = self.top_k
        if self.top_p is not UNSET:
            json_["top_p"] = self.top_p
        if self.presence_penalty is not UNSET:
            json_["presence_penalty"] = self.presence_penalty
        if self.frequency_penalty is not UNSET:
            json_["frequency_penalty"] = self.frequency_penalty
        if self.sequence_penalty is not UNSET:
            json_["sequence_penalty"] = self.sequence_penalty
        if self.sequence_penalty_min_length is not UNSET:
            json_["sequence_penalty_min_length"] = self.sequence_penalty_min_length
        if self.repetition_penalties_include_prompt is not UNSET:
            json_["repetition_penalties_include_prompt"] = self.repetition_penalties_include_prompt
        if self.repetition_penalties_include_completion is not UNSET:
            json_["repetition_penalties_include_completion"] = self.repetition_penalties_include_completion
        if self.use_multiplicative_presence_penalty is not UNSET:
            json_["use_multiplicative_presence_penalty"] = self.use_multiplicative_presence_penalty
        if self.use_multiplicative_frequency_penalty is not UNSET:
            json_["use_multiplicative_frequency_penalty"] = self.use_multiplicative_frequency_penalty
        if self.use_multiplicative_sequence_penalty is not UNSET:
            json_["use_multiplicative_sequence_penalty"] = self.use_multiplicative_sequence_penalty
        if self.penalty_bias is not UNSET:
            json_["penalty_bias"] = self.penalty_bias
        if self.penalty_exceptions is not UNSET:
            json_["penalty_exceptions"] = self.penalty_exceptions
        if self.penalty_exceptions_include_stop_sequences is not UNSET:
            json_["penalty_exceptions_include_stop_sequences"] = self.penalty_exceptions_include_stop_sequences
        if self.best_of is not UNSET:
            json_["best_of"] = self.best_of
        if self.n is not UNSET:
            json_["n"] = self.n
        if self.logit_bias is not UNSET:
            json_["logit_bias"] = (
                self.logit_bias.to_dict() if isinstance(self.logit_bias, LogitBias) else self.logit_bias
            )
        if self.log_probs is not UNSET:
            json_["log_probs"] = self.log_probs
        if self.stop_sequences is not UNSET:
            json_["stop_sequences"] = self.stop_sequences
        if self.tokens is not UNSET:
            json_["tokens"] = self.tokens
        if self.raw_completion is not UNSET:
            json_["raw_completion"] = self.raw_completion
        if self.disable_optimizations is not UNSET:
            json_["disable_optimizations"] = self.disable_optimizations
        if self.completion_bias_inclusion is not UNSET:
            json_["completion_bias_inclusion"] = self.completion_bias_inclusion
        if self.completion_bias_inclusion_first_token_only is not UNSET:
            json_["completion_bias_inclusion_first_token_only"] = self.completion_bias_inclusion_first_token_only
        if self.completion_bias_exclusion is not UNSET:
            json_["completion_bias_exclusion"] = self.completion_bias_exclusion
        if self.completion_bias_exclusion_first_token_only is not UNSET:
            json_["completion_bias_exclusion_first_token_only"] = self.completion_bias_exclusion_first_token_only
        if self.contextual_control_threshold is not UNSET:
            json_["contextual_control_threshold"] = self.contextual_control_threshold
        if self.control_log_additive is not UNSET:
            json_["control_log_additive"] = self.control_log_additive
        if self.stream is not UNSET:
            json_["stream"] = self.stream
        if self.steering_concepts is not UNSET:
            json_["steering_concepts"] = self.steering_concepts
        if self.additional_properties:
            json_ = {**self.additional_properties, **json_}
        return json_

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        rest_ = src_dict.copy() if type(src_dict) is dict else fields_of(src_dict)
        try:
            model = rest_.pop("model")
            _prompt = rest_.pop("prompt")
        except KeyError as error_:
            raise missing_field(error_) from None
        if not isinstance(model, str):
            raise wrong_type("model", "a string", model)
        prompt: list[ImagePromptItem | TextPromptItem | TokenIdsPromptItem] | str
        if isinstance(_prompt, list):
            prompt = []
            for prompt_item_data in _prompt:
                prompt_item: ImagePromptItem | TextPromptItem | TokenIdsPromptItem
                if isinstance(prompt_item_data, dict):
                    tag_ = prompt_item_data.get("type")
                    try:
                        if type(prompt_item_data) is Kept:
                            prompt_item = kept(prompt_item_data)
                        elif tag_ == "text":
                            prompt_item = TextPromptItem.from_dict(prompt_item_data)
                        elif tag_ == "image":
                            prompt_item = ImagePromptItem.from_dict(prompt_item_data)
                        elif tag_ == "token_ids":
                            prompt_item = TokenIdsPromptItem.from_dict(prompt_item_data)
                        else:
                            raise wrong_tag("type", ("text", "image", "token_ids"), tag_)
                    except DecodeError as error_:
                        raise error_.within(at_item("prompt", _prompt, prompt_item_data))
                else:
                    raise wrong_type(at_item("prompt", _prompt, prompt_item_data), "an object", prompt_item_data)
                prompt.append(prompt_item)
        elif not isinstance(_prompt, str):
            raise wrong_type("prompt", "a string or an array", _prompt)
        else:
            prompt = _prompt
        _hosting = rest_.pop("hosting", UNSET)
        hosting: Hosting | None | Unset
        if isinstance(_hosting, str):
            hosting = Hosting(_hosting)
        elif _hosting is not None and _hosting is not UNSET:
            raise wrong_type("hosting", "a string or null", _hosting)
        else:
            hosting = _hosting
        tags = rest_.pop("tags", UNSET)
        if isinstance(tags, list):
            for tags_item in tags:
                if not isinstance(tags_item, str):
                    raise wrong_type(at_item("tags", tags, tags_item), "a string", tags_item)
        elif tags is not UNSET:
            raise wrong_type("tags", "an array", tags)
        maximum_tokens = rest_.pop("maximum_tokens", UNSET)
        if (
            type(maximum_tokens) is not int
            and maximum_tokens is not None
            and maximum_tokens is not UNSET
            and not_integer(maximum_tokens)
        ):
            raise wrong_type("maximum_tokens", "an integer or null", maximum_tokens)
        minimum_tokens = rest_.pop("minimum_tokens", UNSET)
        if type(minimum_tokens) is not int and minimum_tokens is not UNSET and not_integer(minimum_tokens):
            raise wrong_type("minimum_tokens", "an integer", minimum_tokens)
        echo = rest_.pop("echo", UNSET)
        if not isinstance(echo, bool) and echo is not UNSET:
            raise wrong_type("echo", "a boolean", echo)
        temperature = rest_.pop("temperature", UNSET)
        if (
            type(temperature) is not float
            and type(temperature) is not int
            and temperature is not None
            and temperature is not UNSET
            and not_number(temperature)
        ):
            raise wrong_type("temperature", "a number or null", temperature)
        top_k = rest_.pop("top_k", UNSET)
        if type(top_k) is not int and top_k is not None and top_k is not UNSET and not_integer(top_k):
            raise wrong_type("top_k", "an integer or null", top_k)
        top_p = rest_.pop("top_p", UNSET)
        if (
            type(top_p) is not float
            and type(top_p) is not int
            and top_p is not None
            and top_p is not UNSET
            and not_number(top_p)
        ):
            raise wrong_type("top_p", "a number or null", top_p)
        presence_penalty = rest_.pop("presence_penalty", UNSET)
        if (
            type(presence_penalty) is not float
            and type(presence_penalty) is not int
            and presence_penalty is not None
            and presence_penalty is not UNSET
            and not_number(presence_penalty)
        ):
            raise wrong_type("presence_penalty", "a number or null", presence_penalty)
        frequency_penalty = rest_.pop("frequency_penalty", UNSET)
        if (
            type(frequency_penalty) is not float
            and type(frequency_penalty) is not int
            and frequency_penalty is not None
            and frequency_penalty is not UNSET
            and not_number(frequency_penalty)
        ):
            raise wrong_type("frequency_penalty", "a number or null", frequency_penalty)
        sequence_penalty = rest_.pop("sequence_penalty", UNSET)
        if (
            type(sequence_penalty) is not float
            and type(sequence_penalty) is not int
            and sequence_penalty is not UNSET
            and not_number(sequence_penalty)
        ):
            raise wrong_type("sequence_penalty", "a number", sequence_penalty)
        sequence_penalty_min_length = rest_.pop("sequence_penalty_min_length", UNSET)
        if (
            type(sequence_penalty_min_length) is not int
            and sequence_penalty_min_length is not UNSET
            and not_integer(sequence_penalty_min_length)
        ):
            raise wrong_type("sequence_penalty_min_length", "an integer", sequence_penalty_min_length)
        repetition_penalties_include_prompt = rest_.pop("repetition_penalties_include_prompt", UNSET)
        if (
            not isinstance(repetition_penalties_include_prompt, bool)
            and repetition_penalties_include_prompt is not None
            and repetition_penalties_include_prompt is not UNSET
        ):
            raise wrong_type(
                "repetition_penalties_include_prompt", "a boolean or null", repetition_penalties_include_prompt
            )
        repetition_penalties_include_completion = rest_.pop("repetition_penalties_include_completion", UNSET)
        if (
            not isinstance(repetition_penalties_include_completion, bool)
            and repetition_penalties_include_completion is not UNSET
        ):
            raise wrong_type(
                "repetition_penalties_include_completion", "a boolean", repetition_penalties_include_completion
            )
        use_multiplicative_presence_penalty = rest_.pop("use_multiplicative_presence_penalty", UNSET)
        if (
            not isinstance(use_multiplicative_presence_penalty, bool)
            and use_multiplicative_presence_penalty is not None
            and use_multiplicative_presence_penalty is not UNSET
        ):
            raise wrong_type(
                "use_multiplicative_presence_penalty", "a boolean or null", use_multiplicative_presence_penalty
            )
        use_multiplicative_frequency_penalty = rest_.pop("use_multiplicative_frequency_penalty", UNSET)
        if (
            not isinstance(use_multiplicative_frequency_penalty, bool)
            and use_multiplicative_frequency_penalty is not UNSET
        ):
            raise wrong_type("use_multiplicative_frequency_penalty", "a boolean", use_multiplicative_frequency_penalty)
        use_multiplicative_sequence_penalty = rest_.pop("use_multiplicative_sequence_penalty", UNSET)
        if (
            not isinstance(use_multiplicative_sequence_penalty, bool)
            and use_multiplicative_sequence_penalty is not UNSET
        ):
            raise wrong_type("use_multiplicative_sequence_penalty", "a boolean", use_multiplicative_sequence_penalty)
        penalty_bias = rest_.pop("penalty_bias", UNSET)
        if not isinstance(penalty_bias, str) and penalty_bias is not None and penalty_bias is not UNSET:
            raise wrong_type("penalty_bias", "a string or null", penalty_bias)
        penalty_exceptions = rest_.pop("penalty_exceptions", UNSET)
        if isinstance(penalty_exceptions, list):
            for penalty_exceptions_item in penalty_exceptions:
                if not isinstance(penalty_exceptions_item, str):
                    raise wrong_type(
                        at_item("penalty_exceptions", penalty_exceptions, penalty_exceptions_item),
                        "a string",
                        penalty_exceptions_item,
                    )
        elif penalty_exceptions is not None and penalty_exceptions is not UNSET:
            raise wrong_type("penalty_exceptions", "an array or null", penalty_exceptions)
        penalty_exceptions_include_stop_sequences = rest_.pop("penalty_exceptions_include_stop_sequences", UNSET)
        if (
            not isinstance(penalty_exceptions_include_stop_sequences, bool)
            and penalty_exceptions_include_stop_sequences is not None
            and penalty_exceptions_include_stop_sequences is not UNSET
        ):
            raise wrong_type(
                "penalty_exceptions_include_stop_sequences",
                "a boolean or null",
                penalty_exceptions_include_stop_sequences,
            )
        best_of = rest_.pop("best_of", UNSET)
        if type(best_of) is not int and best_of is not None and best_of is not UNSET and not_integer(best_of):
            raise wrong_type("best_of", "an integer or null", best_of)
        n = rest_.pop("n", UNSET)
        if type(n) is not int and n is not None and n is not UNSET and not_integer(n):
            raise wrong_type("n", "an integer or null", n)
        _logit_bias = rest_.pop("logit_bias", UNSET)
        logit_bias: LogitBias | None | Unset
        if isinstance(_logit_bias, dict):
            try:
                logit_bias = LogitBias.from_dict(_logit_bias)
            except DecodeError as error_:
                raise error_.within("logit_bias")
        elif _logit_bias is not None and _logit_bias is not UNSET:
            raise wrong_type("logit_bias", "an object or null", _logit_bias)
        else:
            logit_bias = _logit_bias
        log_probs = rest_.pop("log_probs", UNSET)
        if type(log_probs) is not int and log_probs is not None and log_probs is not UNSET and not_integer(log_probs):
            raise wrong_type("log_probs", "an integer or null", log_probs)
        stop_sequences = rest_.pop("stop_sequences", UNSET)
        if isinstance(stop_sequences, list):
            for stop_sequences_item in stop_sequences:
                if not isinstance(stop_sequences_item, str):
                    raise wrong_type(
                        at_item("stop_sequences", stop_sequences, stop_sequences_item), "a string", stop_sequences_item
                    )
        elif stop_sequences is not None and stop_sequences is not UNSET:
            raise wrong_type("stop_sequences", "an array or null", stop_sequences)
        tokens = rest_.pop("tokens", UNSET)
        if not isinstance(tokens, bool) and tokens is not None and tokens is not UNSET:
            raise wrong_type("tokens", "a boolean or null", tokens)
        raw_completion = rest_.pop("raw_completion", UNSET)
        if not isinstance(raw_completion, bool) and raw_completion is not UNSET:
            raise wrong_type("raw_completion", "a boolean", raw_completion)
        disable_optimizations = rest_.pop("disable_optimizations", UNSET)
        if (
            not isinstance(disable_optimizations, bool)
            and disable_optimizations is not None
            and disable_optimizations is not UNSET
        ):
            raise wrong_type("disable_optimizations", "a boolean or null", disable_optimizations)
        completion_bias_inclusion = rest_.pop("completion_bias_inclusion", UNSET)
        if isinstance(completion_bias_inclusion, list):
            for completion_bias_inclusion_item in completion_bias_inclusion:
                if not isinstance(completion_bias_inclusion_item, str):
                    raise wrong_type(
                        at_item("completion_bias_inclusion", completion_bias_inclusion, completion_bias_inclusion_item),
                        "a string",
                        completion_bias_inclusion_item,
                    )
        elif completion_bias_inclusion is not UNSET:
            raise wrong_type("completion_bias_inclusion", "an array", completion_bias_inclusion)
        completion_bias_inclusion_first_token_only = rest_.pop("completion_bias_inclusion_first_token_only", UNSET)
        if (
            not isinstance(completion_bias_inclusion_first_token_only, bool)
            and completion_bias_inclusion_first_token_only is not UNSET
        ):
            raise wrong_type(
                "completion_bias_inclusion_first_token_only", "a boolean", completion_bias_inclusion_first_token_only
            )
        completion_bias_exclusion = rest_.pop("completion_bias_exclusion", UNSET)
        if isinstance(completion_bias_exclusion, list):
            for completion_bias_exclusion_item in completion_bias_exclusion:
                if not isinstance(completion_bias_exclusion_item, str):
                    raise wrong_type(
                        at_item("completion_bias_exclusion", completion_bias_exclusion, completion_bias_exclusion_item),
                        "a string",
                        completion_bias_exclusion_item,
                    )
        elif completion_bias_exclusion is not UNSET:
            raise wrong_type("completion_bias_exclusion", "an array", completion_bias_exclusion)
        completion_bias_exclusion_first_token_only = rest_.pop("completion_bias_exclusion_first_token_only", UNSET)
        if (
            not isinstance(completion_bias_exclusion_first_token_only, bool)
            and completion_bias_exclusion_first_token_only is not UNSET
        ):
            raise wrong_type(
                "completion_bias_exclusion_first_token_only", "a boolean", completion_bias_exclusion_first_token_only
            )
        contextual_control_threshold = rest_.pop("contextual_control_threshold", UNSET)
        if (
            type(contextual_control_threshold) is not float
            and type(contextual_control_threshold) is not int
            and contextual_control_threshold is not None
            and contextual_control_threshold is not UNSET
            and not_number(contextual_control_threshold)
        ):
            raise wrong_type("contextual_control_threshold", "a number or null", contextual_control_threshold)
        control_log_additive = rest_.pop("control_log_additive", UNSET)
        if not isinstance(control_log_additive, bool) and control_log_additive is not UNSET:
            raise wrong_type("control_log_additive", "a boolean", control_log_additive)
        stream = rest_.pop("stream", UNSET)
        if not isinstance(stream, bool) and stream is not UNSET:
            raise wrong_type("stream", "a boolean", stream)
        steering_concepts = rest_.pop("steering_concepts", UNSET)
        if isinstance(steering_concepts, list):
            for steering_concepts_item in steering_concepts:
                if not isinstance(steering_concepts_item, str):
                    raise wrong_type(
                        at_item("steering_concepts", steering_concepts, steering_concepts_item),
                        "a string",
                        steering_concepts_item,
                    )
        elif steering_concepts is not UNSET:
            raise wrong_type("steering_concepts", "an array", steering_concepts)
        decoded_ = cls(
            model=model,
            prompt=prompt,
            hosting=hosting,
            tags=tags,
            maximum_tokens=maximum_tokens,
            minimum_tokens=minimum_tokens,
            echo=echo,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            presence_penalty=presence_penalty,
            frequency_penalty=frequency_penalty,
            sequence_penalty=sequence_penalty,
            sequence_penalty_min_length=sequence_penalty_min_length,
            repetition_penalties_include_prompt=repetition_penalties_include_prompt,
            repetition_penalties_include_completion=repetition_penalties_include_completion,
            use_multiplicative_presence_penalty=use_multiplicative_presence_penalty,
            use_multiplicative_frequency_penalty=use_multiplicative_frequency_penalty,
            use_multiplicative_sequence_penalty=use_multiplicative_sequence_penalty,
            penalty_bias=penalty_bias,
            penalty_exceptions=penalty_exceptions,
            penalty_exceptions_include_stop_sequences=penalty_exceptions_include_stop_sequences,
            best_of=best_of,
            n=n,
            logit_bias=logit_bias,
            log_probs=log_probs,
            stop_sequences=stop_sequences,
            tokens=tokens,
            raw_completion=raw_completion,
            disable_optimizations=disable_optimizations,
            completion_bias_inclusion=completion_bias_inclusion,
            completion_bias_inclusion_first_token_only=completion_bias_inclusion_first_token_only,
            completion_bias_exclusion=completion_bias_exclusion,
            completion_bias_exclusion_first_token_only=completion_bias_exclusion_first_token_only,
            contextual_control_threshold=contextual_control_threshold,
            control_log_additive=control_log_additive,
            stream=stream,
            steering_concepts=steering_concepts,
        )
        if rest_:
            decoded_.additional_properties = odd(rest_)
        return decoded_

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
