"""A browser walks over every page: nothing is loaded from elsewhere, nothing fails, everybody can read it."""

from __future__ import annotations

import functools
import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from aleph_alpha import __version__
from scripts._docs.names import public_names
from tests.views.browser import Browser, missing

ROOT = Path(__file__).resolve().parents[2]
AXE = Path(os.environ.get("AA_AXE", ROOT / ".venv/axe/node_modules/axe-core/axe.min.js"))

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("docs"), pytest.mark.timeout(900)]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the folder of all versions is served."""
    handler = functools.partial(_Quiet, directory=str(site.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


def test_no_page_asks_another_host_for_anything_and_axe_finds_nothing(
    browser: Browser, address: str, site: Path
) -> None:
    if not AXE.exists():
        missing("axe-core is not installed: make browser")
    axe = AXE.read_text("utf-8")
    every = sorted(page.relative_to(site).as_posix() for page in site.rglob("*.html"))
    assert len(every) > 30
    problems = []
    for dark, rules in ((False, "{}"), (True, "{runOnly: ['color-contrast', 'link-in-text-block']}")):
        browser.emulate(dark=dark)
        for page in every:
            browser.visit(f"{address}{__version__}/{page}")
            asked = [url for url in browser.requests if not url.startswith((address, "data:", "blob:"))]
            problems += [f"{page} asks for {url}" for url in asked]
            browser.evaluate(axe)
            found = browser.evaluate(f"axe.run({rules}).then(found => JSON.stringify(found.violations))")
            problems += [
                f"{page}{' (dark)' if dark else ''}: {one['id']}: {node['html'][:200]}: {node['failureSummary'][:200]}"
                for one in json.loads(found)
                for node in one["nodes"]
            ]
    assert problems == []


def test_the_versions_are_offered(browser: Browser, address: str) -> None:
    browser.visit(f"{address}{__version__}/chats.html")
    offered = browser.evaluate(
        "new Promise(done => { const look = () => { const it = document.querySelector('.md-version__current');"
        " it ? done(it.textContent.trim()) : requestAnimationFrame(look) }; look() })"
    )
    assert offered == __version__


# The search opens in a shadow root, once the script that makes it is there.
ROOT_OF_SEARCH = 'const root = () => [...document.querySelectorAll("*")].find(one => one.shadowRoot)?.shadowRoot;'
OPEN = f"""new Promise(done => {{
    {ROOT_OF_SEARCH}
    const dialog = () => root()?.querySelector("dialog");
    const click = setInterval(() => dialog()?.open || document.querySelector(".md-search__button").click(), 1000);
    const look = () => dialog()?.open ? (clearInterval(click), done(true)) : setTimeout(look, 20);
    document.querySelector(".md-search__button").click();
    look();
}})"""
SELECT = f"""(() => {{
    {ROOT_OF_SEARCH}
    const input = root().querySelector("input[role=combobox]");
    input.focus();
    input.select();
}})()"""
# The links of the results, once one of them leads to the anchor; else those after a while.
RESULTS = f"""new Promise(done => {{
    {ROOT_OF_SEARCH}
    const until = Date.now() + 10000;
    const look = () => {{
        const found = [...root().querySelectorAll("a")].map(one => decodeURIComponent(one.getAttribute("href")));
        found.some(one => one.endsWith("#ANCHOR")) || Date.now() > until ? done(found) : setTimeout(look, 20);
    }};
    look();
}})"""


def test_the_search_leads_to_every_public_name(browser: Browser, address: str) -> None:
    browser.visit(f"{address}{__version__}/index.html")
    browser.evaluate(OPEN)
    lost = []
    for name in public_names():
        browser.evaluate(SELECT)
        browser.type(name.path)
        found = browser.evaluate(RESULTS.replace("ANCHOR", name.path))
        if not any(link.endswith(f"#{name.path}") for link in found):
            lost.append((name.path, found))
    assert lost == []
