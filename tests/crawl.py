"""Every page for every role, in real Chromium: python -m tests.crawl.

In `make test` each (endpoint, role) is opened once, languages alternating, and judged by axe once
per endpoint and width; here every page is opened in both languages and judged at both widths.
What is found is a list of sentences; an empty list is a pass.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import BrowserContext, Page, sync_playwright
from werkzeug.exceptions import HTTPException

from lms import accounts, db
from lms import app as application
from tests.demonstration import demonstration
from tests.sources import ROOT
from tests.visits import ROLES, Crawl, Visit, visits

AXE = (ROOT / "tests/vendor/axe.min.js").read_text()
JAR = ROOT / ".cache" / "vnu.jar"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = ((360, 740), (1280, 800))
FIRST_VISIT, LATER_PAGE = 150_000, 30_000
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage",
]  # fmt: skip
WATCH = """
window.refused = [];
document.addEventListener('securitypolicyviolation',
  e => window.refused.push(e.violatedDirective + ' ' + e.blockedURI));
"""
SCROLLS = """[...document.querySelectorAll('.scroll:not(:has(.grid)):not(:has(svg))')]
  .filter(t => t.scrollWidth > t.clientWidth).map(t => t.getAttribute('aria-label'))"""
"""What scrolls by itself, but for the grid and for drawings: their names stay in view."""
JUDGE = """async tags => (await axe.run(document, {runOnly: tags, resultTypes: ['violations']}))
  .violations.map(v => v.id + ': '
    + v.nodes.slice(0, 3).map(n => n.html.slice(0, 140)).join(' | '))"""


def settle(page: Page) -> None:
    """Let a page finish loading: leaving one that still loads may hang."""
    page.wait_for_load_state("load")


def sign_in(crawl: Crawl, browser, role: str) -> BrowserContext:
    """Sign in as a person does, with the code that a demo shows."""
    context = browser.new_context(locale="it-IT", base_url=crawl.demo.url)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=mail]", f"{role}@demo.example")
    page.fill("input[name=password]", crawl.demo.password)
    page.click("main button")
    settle(page)
    if "/sign-in/code" in page.url or "/account/code" in page.url:
        code = re.search(r"\b\d{3}\s?\d{3}\b", page.inner_text("main"))
        assert code, "a demo shows the code of the second factor"
        page.fill("input[name=code]", code.group().replace(" ", ""))
        page.click("main form button")
    settle(page)
    return context


def speak(crawl: Crawl, context: BrowserContext, role: str, language: str) -> None:
    """The other language, by the button at the foot of each page."""
    page = context.new_page()
    page.goto("/account/")
    if page.get_attribute("html", "lang") != language:
        page.click(f"button[lang={language}]")
    assert page.get_attribute("html", "lang") == language
    settle(page)


def look(crawl: Crawl, page: Page, visit: Visit, width: int) -> None:
    """Open an address and say all that is wrong with it."""
    said: list[str] = []
    heard = {
        "console": lambda m: said.append(m.text) if m.type in ("error", "warning") else None,
        "pageerror": lambda e: said.append(str(e)),
    }
    for event, note in heard.items():
        page.on(event, note)
    answer = page.goto(visit.url, wait_until="load")
    assert answer is not None
    if answer.status != visit.status:
        crawl.say(visit, f"answers {answer.status}")
    judge(crawl, page, visit, width)
    expected = "the server responded with a status of"
    for text in said:
        if visit.status == 200 or expected not in text:
            crawl.say(visit, f"console: {text}")
    keep(crawl, visit, answer.text(), int(answer.headers.get("content-length", 0)))
    gather_links(crawl, page, visit)
    for event, note in heard.items():
        page.remove_listener(event, note)


def judge(crawl: Crawl, page: Page, visit: Visit, width: int) -> None:
    for refused in page.evaluate("window.refused || []"):
        crawl.say(visit, f"the policy refused {refused}")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        crawl.say(visit, f"{wide} px wider than the screen at {width}")
    for table in page.evaluate(SCROLLS):
        crawl.say(visit, f"at {width} one has to push sideways: {table}")
    if (visit.endpoint, width) in crawl.judged and not crawl.whole:
        return
    crawl.judged.add((visit.endpoint, width))
    page.evaluate(AXE)
    for violation in page.evaluate(JUDGE, TAGS):
        crawl.say(visit, f"axe at {width}: {violation}")


def keep(crawl: Crawl, visit: Visit, html: str, sent: int) -> None:
    """Keep the page for the checker; `sent` is its size as it came, compressed where it was."""
    crawl.pages += 1
    size = sent or len(html.encode())
    if size > LATER_PAGE:
        crawl.say(visit, f"{size} bytes, more than {LATER_PAGE}")
    name = f"{crawl.pages:04}-{visit.role}-{visit.endpoint}.html"
    (crawl.folder / name).write_text(html)


def gather_links(crawl: Crawl, page: Page, visit: Visit) -> None:
    """Remember where the page leads: two links for each role and endpoint are tried."""
    for href in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
        target, fragment = urldefrag(href)
        if target == page.url.split("#")[0] and fragment:
            if not page.query_selector(f'[id="{fragment}"]'):
                crawl.say(visit, f"leads to #{fragment}, which is not there")
        elif urlsplit(target).netloc == urlsplit(crawl.demo.url).netloc:
            endpoint = endpoint_of(crawl, urlsplit(target).path)
            kept = crawl.links.setdefault((visit.role, endpoint), {})
            if len(kept) < 2 or crawl.whole:
                kept.setdefault(target, visit.url)


def endpoint_of(crawl: Crawl, path: str) -> str:
    try:
        matched: str = crawl.app.url_map.bind("localhost").match(path, method="GET")[0]
        return matched
    except HTTPException:
        return f"no route for {path}"


def follow_links(crawl: Crawl) -> None:
    for (role, endpoint), targets in crawl.links.items():
        if endpoint == "static":
            continue
        for target, page in targets.items():
            answer = crawl.contexts[role].request.get(target, max_redirects=3)
            if answer.status >= 400:
                crawl.found.append(f"{role} {page}: leads to {target}, which is {answer.status}")


def first_visit(crawl: Crawl, browser, path: str, role: str | None) -> None:
    """All that is sent to somebody who comes for the first time."""
    context = browser.new_context(base_url=crawl.demo.url)
    if role:
        context.add_cookies(crawl.contexts[role].cookies())
    page = context.new_page()
    sizes: list[int] = []
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda e: sizes.append(int(e["encodedDataLength"])))
    page.goto(path, wait_until="networkidle")
    context.close()
    if sum(sizes) > FIRST_VISIT:
        crawl.found.append(f"first visit to {path}: {sum(sizes)} bytes, more than {FIRST_VISIT}")


# Pages that no list leads to


def special_visits(crawl: Crawl) -> list[Visit]:
    """Links from mails, what is not here, and what is refused."""
    from lms import tokens

    found = [Visit("visitor", "not here", "/nowhere", 404)]
    with crawl.demo.database(), db.intent(write=True):
        person_row = accounts.by_mail("trainee@demo.example")
        for purpose in accounts.PURPOSES:
            token = tokens.issue(purpose, person_row.id, lasts=accounts.LINK_LASTS, by=None)
            found.append(Visit("visitor", f"link {purpose}", f"/t/{tokens.written(token.id)}"))
        db.session.commit()
    found.append(Visit("visitor", "link of nobody", "/t/" + "A" * 43, 404))
    return found


def refused_forms(crawl: Crawl, browser) -> None:
    """Forms sent empty: what is wrong is said beside the field, and is as well made as the form."""
    visitor = crawl.contexts["visitor"]
    for visit, context in (
        (Visit("visitor", "refused sign-in", "/sign-in", 422), visitor),
        (Visit("manager", "refused invitation", "/admin/people", 422), crawl.contexts["manager"]),
    ):
        for width, height in WIDTHS:
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": height})
            page.goto(visit.url)
            with page.expect_navigation() as sent:
                page.evaluate("document.querySelector('main form[method=post]').submit()")
            if sent.value.status != visit.status:
                crawl.say(visit, f"an empty form answers {sent.value.status}")
            if not page.query_selector("[aria-invalid=true]"):
                crawl.say(visit, "nothing is said beside the field")
            judge(crawl, page, visit, width)
            keep(crawl, visit, sent.value.text(), 0)
            settle(page)


def error_pages(crawl: Crawl) -> None:
    """Answers to what no form of ours sends."""
    manager = crawl.contexts["manager"].request
    for url, how, status in (
        ("/admin/people", {"form": {"name": "x"}}, 403),
        ("/admin/people", {"method": "DELETE"}, 405),
        ("/sign-in", {"form": {"text": "x" * 13_000_000}, "method": "POST"}, 413),
    ):
        answer = manager.fetch(crawl.demo.url + url, **({"method": "POST"} | how))
        visit = Visit("manager", f"refused {status}", url, status)
        if answer.status != status:
            crawl.say(visit, f"answers {answer.status}, not {status}")
        elif "text/html" in answer.headers.get("content-type", ""):
            (crawl.folder / f"error-{status}.html").write_text(answer.text())


# All together


def check_html(crawl: Crawl) -> None:
    """Every page that was kept, by the Nu checker in one process."""
    if not JAR.exists():
        return
    done = subprocess.run(
        ["java", "-jar", str(JAR), "--errors-only", "--format", "json", "--skip-non-html",
         str(crawl.folder)],
        capture_output=True,
        text=True,
    )  # fmt: skip
    seen: set[str] = set()
    for message in json.loads(done.stderr or "{}").get("messages", []):
        name = Path(message.get("url", "?")).name
        text = f"{message['message']} near {message.get('extract', '').strip()[:140]!r}"
        if (key := message["message"] + name.split("-", 2)[-1]) not in seen:
            seen.add(key)
            crawl.found.append(f"html {name}: {text}")


def run(crawl: Crawl) -> list[str]:
    """Look at everything; what was found, one sentence each."""
    crawl.folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for role in ROLES:
            crawl.contexts[role] = sign_in(crawl, browser, role)
        crawl.contexts["visitor"] = browser.new_context(base_url=crawl.demo.url)
        crawl.contexts["visitor"].add_init_script(WATCH)
        planned = [*visits(crawl), *special_visits(crawl)]
        for number, role in enumerate((*ROLES, "visitor")):
            hers = [v for v in planned if v.role == role]
            rounds = (0, 1) if crawl.whole else (number % 2,)
            for turn in rounds:
                if role != "visitor":
                    speak(crawl, crawl.contexts[role], role, ("it", "en")[turn])
                browse(crawl, crawl.contexts[role], hers, turn)
        refused_forms(crawl, browser)
        error_pages(crawl)
        follow_links(crawl)
        first_visit(crawl, browser, "/sign-in", None)
        for role in ("trainee", "manager", "activator"):
            first_visit(crawl, browser, "/", role)
        browser.close()
    check_html(crawl)
    return crawl.found


def browse(crawl: Crawl, context: BrowserContext, hers: list[Visit], turn: int) -> None:
    """Open these pages, one after the other in one window, narrow and wide by turns.

    Each endpoint is seen at both widths once.
    """
    page = context.new_page()
    for number, visit in enumerate(hers):
        missing = [w for w, _ in WIDTHS if (visit.endpoint, w) not in crawl.judged]
        widths = (
            [w for w, _ in WIDTHS] if crawl.whole else missing or [WIDTHS[(number + turn) % 2][0]]
        )
        for width in widths:
            page.set_viewport_size({"width": width, "height": dict(WIDTHS)[width]})
            look(crawl, page, visit, width)
            settle(page)
    page.goto("about:blank")  # what asks again every few seconds would go on asking


def chromium() -> str:
    import shutil

    found = shutil.which("chromium")
    assert found, "there is no chromium on this machine"
    return found


def main(*, whole: bool) -> tuple[int, list[str]]:
    app = application.create_app(_settings(), bind=False)
    with demonstration() as demo:
        crawl = Crawl(demo, app, whole=whole)
        found = run(crawl)
        return crawl.pages, found


def _settings():
    from lms import keys
    from lms.settings import Settings

    if not keys._rings:
        keys.bind(keys.Ring.new())
    return Settings(mode="demo")


if __name__ == "__main__":
    number, sentences = main(whole=True)
    print("\n".join(sentences))
    print(f"{number} pages, {len(sentences)} things found")
    sys.exit(1 if sentences else 0)
