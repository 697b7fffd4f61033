"""The standard suites of LangChain, against the reference server."""

from __future__ import annotations

import io
from typing import Any

import httpx
import PIL.Image
import pytest
from langchain_core.language_models import BaseChatModel
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from aleph_alpha.integrations.langchain import ChatAlephAlpha


class Settings:
    """What the suites are told of the model."""

    model_name = "toy-chat"
    method = "json_schema"

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        kind: type[BaseChatModel] = ChatAlephAlpha
        return kind

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": self.model_name}

    @property
    def structured_output_kwargs(self) -> dict[str, Any]:
        return {"method": self.method}

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_anthropic_inputs(self) -> bool:
        return True

    @property
    def model_override_value(self) -> str:
        return "toy-multimodal"


class TestUnit(Settings, ChatModelUnitTests):
    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        environment = {"AA_TOKEN": "a token", "AA_HOST": "https://inference.example.com"}
        return environment, {"model": "toy-chat"}, {"token": "a token", "host": "https://inference.example.com"}


class TestUnitOldNames(Settings, ChatModelUnitTests):
    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model_name": "toy-chat", "aleph_alpha_api_key": "a token", "stop_sequences": ["x"]}

    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        return {"AA_TOKEN": "", "ALEPH_ALPHA_API_KEY": "a token"}, {"model": "toy-chat"}, {"token": "a token"}


class TestSchemas(Settings, ChatModelIntegrationTests):
    pass


class TestFunctions(Settings, ChatModelIntegrationTests):
    method = "function_calling"


class TestWishes(Settings, ChatModelIntegrationTests):
    method = "json_mode"


class TestStreaming(Settings, ChatModelIntegrationTests):
    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": "toy-chat", "streaming": True, "logprobs": True, "top_logprobs": 2, "temperature": 0.5}


class TestImages(Settings, ChatModelIntegrationTests):
    model_name = "toy-multimodal"

    @property
    def supports_image_inputs(self) -> bool:
        return True

    @property
    def supports_image_tool_message(self) -> bool:
        return True

    @pytest.fixture(autouse=True)
    def _picture(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The suite downloads its picture; here it gets another one."""
        file = io.BytesIO()
        PIL.Image.new("RGB", (24, 24), "red").save(file, "PNG")
        monkeypatch.setattr(httpx, "get", lambda *args, **words: httpx.Response(200, content=file.getvalue()))
