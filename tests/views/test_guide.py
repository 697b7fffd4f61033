"""The notebook runs, shows one of each view, and is where the pictures of the guide come from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import docs_pictures
from scripts._docs.notebooks import run_cells
from tests.views.parsed import page

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = {"explanation", "targets", "image", "completion", "chat", "prompt", "similarity", "ranking"}


@pytest.fixture(autouse=True)
def _local(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AA_HOST", "AA_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def test_each_cell_of_the_notebook_runs_and_named_ones_show_something() -> None:
    cells = list(run_cells(docs_pictures.NOTEBOOK))
    shown = {cell.name: cell.value for cell in cells if cell.name}
    assert shown.keys() == NAMES
    for value in shown.values():
        assert page(value._repr_mimebundle_()["text/html"]).classes
    assert any("Explanation of “ says”" in cell.printed for cell in cells)


def test_the_pictures_of_the_guide_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("rich")
    assert docs_pictures.main(["--check"]) == 0, capsys.readouterr().err


def test_a_picture_that_is_not_current_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(docs_pictures, "PICTURES", tmp_path)
    monkeypatch.setattr(docs_pictures, "pictures", lambda: {"one.svg": '<svg href="data:a">1</svg>', "two.svg": "2"})
    (tmp_path / "left.svg").write_text("left")
    assert docs_pictures.main([]) == 0
    assert {file.name for file in tmp_path.iterdir()} == {"one.svg", "two.svg"}
    (tmp_path / "one.svg").write_text('<svg href="data:b">1</svg>')
    assert docs_pictures.main(["--check"]) == 0
    (tmp_path / "two.svg").write_text("3")
    assert docs_pictures.main(["--check"]) == 1
    assert "two.svg" in capsys.readouterr().err


def test_each_picture_is_in_the_guide() -> None:
    pictures = {file.stem for file in docs_pictures.PICTURES.glob("*.svg")}
    assert (
        set(re.findall(r"\(pictures/(\w+)\.svg\)", (ROOT / "docs/views.md").read_text("utf-8"))) | {"chat"} == pictures
    )
