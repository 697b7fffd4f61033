"""The module path of earlier versions for :mod:`aleph_alpha.service.compatibility`."""

from aleph_alpha.service.compatibility import CompatibilityReport, Finding, compare_documents, contract

__all__ = ["CompatibilityReport", "Finding", "compare_documents", "contract"]
