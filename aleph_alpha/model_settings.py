"""The module path of earlier versions for :mod:`aleph_alpha.service.model_settings`."""

from aleph_alpha.service.model_settings import Capability, ModelCatalogue, ModelSettings, model_settings_call

__all__ = ["Capability", "ModelCatalogue", "ModelSettings", "model_settings_call"]
