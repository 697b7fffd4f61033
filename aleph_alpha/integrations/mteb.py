"""MTEB, the benchmark of embeddings: a model of the API behind its encoder protocol (extra ``mteb``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from mteb.models.abs_encoder import AbsEncoder
from mteb.models.model_meta import ModelMeta, ScoringFunction
from mteb.types import PromptType
from numpy.typing import NDArray

from aleph_alpha import Client
from aleph_alpha.integrations.vectors import Embedder, EmbeddingKind, Role

if TYPE_CHECKING:
    from mteb.abstasks.task_metadata import TaskMetadata
    from mteb.types import BatchedInput, EncodeKwargs
    from torch.utils.data import DataLoader

__all__ = ["AlephAlphaMTEB"]


class AlephAlphaMTEB(AbsEncoder):
    """A model that ``mteb.evaluate`` takes.

    Queries and documents of a task are represented each in its way; where a task tells no such
    roles (clustering, similarity, ...), all texts are represented alike.

    Args:
        model_name: name of the model, with or without ``aleph-alpha/`` before it.
        revision: what results are filed under.
        device: of no effect.
        kind: ``"asymmetric"``, as told above; ``"symmetric"`` represents all texts alike;
            ``"instructable"`` follows the instruction that MTEB has for the task; ``"plain"`` is for models
            that are served by the embeddings endpoint alone.
        compress_to_size: 128, or ``None`` for all numbers; asymmetric and symmetric vectors only.
        prompts: instructions in place of MTEB's, by the name or type of a task.
        num_concurrent_requests: requests under way at once, 1 or more.
        client: a client to send with, in place of `token`, `host` and `options`.
        token, host, options: of ``Client``; by default of the environment (``AA_TOKEN``, ``AA_HOST``).

    >>> model = AlephAlphaMTEB("toy-base", client=client)
    >>> model.mteb_model_meta.name
    'aleph-alpha/toy-base'
    """

    mteb_model_meta: ModelMeta

    def __init__(
        self,
        model_name: str,
        revision: str | None = None,
        *,
        device: str | None = None,
        kind: EmbeddingKind = "asymmetric",
        compress_to_size: int | None = None,
        prompts: Mapping[str, str] | None = None,
        num_concurrent_requests: int = 8,
        client: Client | None = None,
        token: str | None = None,
        host: str | None = None,
        **options: Any,
    ) -> None:
        name = model_name.removeprefix("aleph-alpha/")
        self.embedder = Embedder(
            name,
            kind,
            query_instruction="" if kind == "instructable" else None,
            compress_to_size=compress_to_size,
            num_concurrent_requests=num_concurrent_requests,
        )
        self.model = self._client = Client.from_env(token, host, **options) if client is None else client
        self.prompts_dict = dict(prompts or {})
        facts = {
            "name": f"aleph-alpha/{name}",
            "revision": revision or "api",
            "framework": ["API"],
            "similarity_fn_name": ScoringFunction.COSINE,
            "embed_dim": compress_to_size,
            "use_instructions": kind == "instructable",
            "open_weights": None,
        }
        self.mteb_model_meta = ModelMeta.create_empty(facts)

    def encode(
        self,
        inputs: DataLoader[BatchedInput],
        *,
        task_metadata: TaskMetadata,
        hf_split: str,
        hf_subset: str,
        prompt_type: PromptType | None = None,
        **kwargs: Unpack[EncodeKwargs],
    ) -> NDArray[np.float32]:
        """A vector for each text, in the shape (texts, numbers).

        Raises:
            ValueError: a batch without texts, as of images.
        """
        embedder = self.embedder
        if embedder.kind == "instructable":
            instruction = self.get_task_instruction(task_metadata, prompt_type)
            embedder = replace(embedder, query_instruction=instruction)
        elif embedder.kind == "asymmetric" and prompt_type is None:
            embedder = replace(embedder, kind="symmetric")
        role: Role = "query" if prompt_type == PromptType.query else "document"
        parts: list[NDArray[np.float32]] = []
        for batch in inputs:
            if "text" not in batch:
                raise ValueError(f"the API embeds texts alone, and there are none among {sorted(batch)}")
            parts.append(np.asarray(embedder.embed(self._client, batch["text"], role), np.float32))
        return np.concatenate(parts) if parts else np.empty((0, 0), np.float32)
