"""The whole site: every name has a place, every link leads somewhere, everything is there as Markdown, too."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from aleph_alpha import __version__
from scripts import docs_site
from scripts._docs.links import broken
from scripts._docs.names import members, public_names
from scripts._docs.pages import DOCS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("docs"), pytest.mark.timeout(300)]


def test_every_public_name_is_on_a_reference_page_and_found_by_search(site: Path) -> None:
    found = json.loads((site / "search.json").read_text("utf-8"))["items"]
    titles = {(item["location"].partition("#")[2], item["title"]) for item in found}
    for name in public_names():
        html = (site / "reference" / f"{name.page}.html").read_text("utf-8")
        assert f'id="{name.path}"' in html, name
        assert any(anchor == name.path and name.name in title for anchor, title in titles), name
        for member in members(name.value):
            assert f'id="{name.path}.{member}"' in html, (name, member)
            assert any(anchor == f"{name.path}.{member}" for anchor, _ in titles), (name, member)


def test_sections_of_docstrings_are_sections(site: Path) -> None:
    for page in (site / "reference").glob("*.html"):
        left = re.findall(r"<p>(?:Args|Arguments|Parameters|Attributes|Returns|Yields):.*", page.read_text("utf-8"))
        assert left == [], page.name
        assert "```" not in page.read_text("utf-8"), page.name


def test_every_page_has_a_twin_that_stands_alone(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.with_suffix(".md").read_text("utf-8")
        assert text.startswith("# "), page
        assert "\n:::" not in text, page
        assert "][aleph_alpha." not in text, page
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.S)):
            assert (page.parent / target).exists(), f"{page} links to {target}"


def test_the_index_for_agents_lists_every_page_and_the_full_text_has_them(site: Path) -> None:
    index, full = ((site / name).read_text("utf-8") for name in ("llms.txt", "llms-full.txt"))
    pages = {page.relative_to(site).with_suffix(".md").as_posix() for page in site.rglob("*.html")}
    assert set(re.findall(r"^- \[[^\]]+\]\(([^)]+)\): \S", index, re.MULTILINE)) == pages
    for page in pages:
        assert f"<!-- {page} -->" in full
    for name in public_names():
        assert name.path in full
    assert "> > >" not in full


def test_a_link_of_a_finished_page_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "one.html").write_text(
        '<h1 id="a&amp;b">One</h1><a href="sub/two.html#x">.</a><a href="#a&amp;b">.</a>'
    )
    (tmp_path / "sub" / "two.html").write_text(
        '<img src="none.svg"><a href="../one.html">.</a><a href="../one.html#none">.</a><a href="https://example.com/">.</a>'
    )
    assert sorted(broken(tmp_path)) == [
        "one.html links to sub/two.html#x",
        "sub/two.html links to ../one.html#none",
        "sub/two.html links to none.svg",
    ]


@pytest.mark.parametrize("link", ["no-such-page.md", "chats.md#no-such-heading", "pictures/none.svg"])
def test_a_link_that_leads_nowhere_ends_the_build(
    link: str, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(DOCS, docs)
    page = docs / "index.md"
    page.write_text(f"{page.read_text('utf-8')}\n[so]({link})\n", "utf-8")
    monkeypatch.setattr("scripts._docs.pages.DOCS", docs)
    with pytest.raises(SystemExit, match=re.escape(link.partition("#")[0])):
        docs_site.build(tmp_path / "site", tmp_path / "build", run_notebooks=False)
    assert not (tmp_path / "site").exists()


def test_versions_are_folders_the_newest_first(tmp_path: Path) -> None:
    for version in ("9.0.0", "11.5.1"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "index.html").touch()
    made = tmp_path / "made"
    made.mkdir()
    (made / "index.html").touch()
    docs_site.publish(made, tmp_path)
    listed = json.loads((tmp_path / "versions.json").read_text("utf-8"))
    assert [one["version"] for one in listed] == [__version__, "11.5.1", "9.0.0"]
    assert listed[0]["aliases"] == ["latest"]
    assert f"{__version__}/index.html" in (tmp_path / "index.html").read_text("utf-8")
