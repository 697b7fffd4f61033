"""The completion model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, get_type_hints

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.base import LangSmithParams, LanguageModelInput
from langchain_core.language_models.llms import BaseLLM
from langchain_core.outputs import Generation, GenerationChunk, LLMResult
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import SecretStr, create_model

from aleph_alpha import (
    CompletionRequest,
    CompletionResponse,
    CompletionSummary,
    Prompt,
    StreamChunk,
    StreamSummary,
)
from aleph_alpha.integrations.connection import STRICT, Connection
from aleph_alpha.integrations.langchain.batches import at_once

__all__ = ["AlephAlpha"]

_HINTS = get_type_hints(CompletionRequest)
_FIELDS = {field.name: (_HINTS[field.name], field.default) for field in fields(CompletionRequest)[1:]}
_Fields: Any = create_model("_Fields", **_FIELDS)  # type: ignore[call-overload]


class AlephAlpha(Connection, _Fields, BaseLLM):  # type: ignore[misc]
    """A model that continues texts.

    It takes the settings of :class:`Connection` (`model`, `token`, `host`, ...) and, with the same
    defaults, the fields of ``CompletionRequest``: `maximum_tokens` (also ``max_tokens``),
    `temperature`, `stop_sequences` (also ``stop``), `log_probs` and so on.

    Parameters:
        streaming: ignored; kept for code that passes it. ``stream`` streams.

    >>> model = AlephAlpha(model="toy-base", maximum_tokens=4)
    >>> model.invoke("An apple a day")
    ', a walk'
    """

    model_config = STRICT

    if TYPE_CHECKING:  # other names are taken, too, and tokens as text

        def __init__(self, *, token: str | SecretStr | None = None, **settings: Any) -> None: ...

    streaming: bool = False

    other_names: ClassVar[Mapping[str, str]] = {
        **Connection.other_names,
        "max_tokens": "maximum_tokens",
        "stop": "stop_sequences",
    }

    @property
    def _llm_type(self) -> str:
        return "aleph_alpha"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model, "host": self.host, **{name: getattr(self, name) for name in _FIELDS}}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        params = super()._get_ls_params(stop=stop, **kwargs)
        params["ls_provider"] = "aleph_alpha"
        params["ls_model_name"] = kwargs.get("model", self.model)
        return params

    def _requests(
        self, prompts: list[str], stop: list[str] | None, given: Mapping[str, Any]
    ) -> tuple[str, list[CompletionRequest]]:
        """The model and the requests of a call; what is given to it goes before what the model was built with."""
        own = {self.other_names.get(name, name): value for name, value in given.items()}
        model = own.pop("model", None) or self.model
        unknown = set(own) - set(_FIELDS)
        if unknown:
            raise TypeError(f"the API has no field {sorted(unknown)[0]!r} for completions")
        sent = {**{name: getattr(self, name) for name in _FIELDS}, **own}
        if stop:
            sent["stop_sequences"] = stop
        return model, [CompletionRequest(Prompt.from_text(prompt), **sent) for prompt in prompts]

    def _generate(
        self,
        prompts: list[str],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        model, requests = self._requests(prompts, stop, kwargs)
        responses = self.sync_client().complete_many(
            requests, model, num_concurrent_requests=self.num_concurrent_requests
        )
        return _result(responses, model)

    async def _agenerate(
        self,
        prompts: list[str],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        model, requests = self._requests(prompts, stop, kwargs)
        responses = await self.asyncio_client().complete_many(
            requests, model, num_concurrent_requests=self.num_concurrent_requests
        )
        return _result(responses, model)

    def _stream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[GenerationChunk]:
        model, [request] = self._requests([prompt], stop, {**kwargs, "n": 1, "best_of": None})
        with self.sync_client().stream_complete(request, model) as stream:
            for event in stream:
                chunk = _chunk(event, model)
                if chunk is None:
                    continue
                if run_manager is not None:
                    run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk

    async def _astream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[GenerationChunk]:
        model, [request] = self._requests([prompt], stop, {**kwargs, "n": 1, "best_of": None})
        async with self.asyncio_client().stream_complete(request, model) as stream:
            async for event in stream:
                chunk = _chunk(event, model)
                if chunk is None:
                    continue
                if run_manager is not None:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk

    def batch(
        self,
        inputs: list[LanguageModelInput],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[str]:
        """Many texts, `num_concurrent_requests` at once unless the config has a ``max_concurrency``."""
        if not return_exceptions:
            return super().batch(inputs, config, **kwargs)
        # LangChain gives up all texts of one request to a model when one of them fails.
        limited = at_once(config, self.num_concurrent_requests)
        return Runnable.batch(self, inputs, limited, return_exceptions=True, **kwargs)

    async def abatch(
        self,
        inputs: list[LanguageModelInput],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[str]:
        """Many texts, `num_concurrent_requests` at once unless the config has a ``max_concurrency``."""
        if not return_exceptions:
            return await super().abatch(inputs, config, **kwargs)
        limited = at_once(config, self.num_concurrent_requests)
        return await Runnable.abatch(self, inputs, limited, return_exceptions=True, **kwargs)

    def get_token_ids(self, text: str) -> list[int]:
        """Ids of the tokens of a text, by the model's own tokenizer."""
        if self.custom_get_token_ids is not None:
            return list(self.custom_get_token_ids(text))
        return list(self.sync_client().tokenizer(self.model).encode(text).ids)


def _result(responses: list[CompletionResponse], model: str) -> LLMResult:
    generations = [[_generation(vars(one)) for one in response.completions] for response in responses]
    prompt = sum(response.num_tokens_prompt_total for response in responses)
    generated = sum(response.num_tokens_generated for response in responses)
    usage = {"prompt_tokens": prompt, "completion_tokens": generated, "total_tokens": prompt + generated}
    return LLMResult(generations=generations, llm_output={"token_usage": usage, "model_name": model})


def _generation(result: Mapping[str, Any]) -> Generation:
    info = {name: value for name, value in result.items() if name != "completion" and value is not None}
    return Generation(text=result["completion"] or "", generation_info=info)


def _chunk(event: object, model: str) -> GenerationChunk | None:
    match event:
        case StreamChunk():
            info = {} if event.log_probs is None else {"log_probs": list(event.log_probs)}
            return GenerationChunk(text=event.completion, generation_info=info or None)
        case StreamSummary():
            return GenerationChunk(text="", generation_info={"finish_reason": event.finish_reason, "model_name": model})
        case CompletionSummary():
            prompt, generated = event.num_tokens_prompt_total, event.num_tokens_generated
            usage = {"prompt_tokens": prompt, "completion_tokens": generated, "total_tokens": prompt + generated}
            return GenerationChunk(text="", generation_info={"token_usage": usage})
    return None
