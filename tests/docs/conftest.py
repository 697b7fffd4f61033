from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("zensical", reason="the site needs the tools of the group docs")

from scripts.docs_site import build


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the whole site, built once for these tests."""
    folder = tmp_path_factory.mktemp("docs")
    return build(folder / "site", folder / "build")
