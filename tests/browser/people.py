"""A person at her browser: she goes to pages, fills forms by their fields' names, signs in.

Nothing is found by translated words, so one script is true in every language. All that a browser
complains of on the way is kept: what is in its console, answers that were not expected, pages wider
than the screen.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import APIResponse, Browser, Locator, Page, Response

from lms import clock
from tests.browser.house import STAFF, House
from tests.sources import ROOT

PHONE, DESK = (360, 780), (1280, 800)
PICTURES = ROOT / "docs" / "pictures"
LARGEST_PICTURE = 100_000
TRAINEES = [
    ("Sara Conti", "sara@journey.example"),
    ("Elena Riva", "elena@journey.example"),
    ("Luca Gallo", "luca@journey.example"),
]
WITHOUT_NETWORK = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError")
"""What a browser says in its console when it is cut off."""
CODE = re.compile(r"\b\d{3}\s?\d{3}\b")


class Person:
    """Somebody with a browser of her own."""

    def __init__(
        self,
        house: House,
        browser: Browser,
        mail: str,
        name: str,
        *,
        on_phone: bool = False,
        script: bool = True,
    ) -> None:
        self.house, self.mail, self.name = house, mail, name
        self.speaks = True
        """Whether pages reach her in the language of the journey."""
        self.found: list[str] = []
        self.expected = 0
        self.was_cut_off = False
        width, height = PHONE if on_phone else DESK
        self.context = browser.new_context(
            base_url=house.url,
            locale={"it": "it-IT", "en": "en-GB"}[house.language],
            viewport={"width": width, "height": height},
            device_scale_factor=2 if on_phone and house.takes_pictures else 1,
            has_touch=on_phone,
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        self.context.set_default_timeout(20_000)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self._complain(str(error.error)))
        self.context.on("response", self._answered)
        self.page: Page = self.context.new_page()

    # What a browser complains of

    def _complain(self, what: str) -> None:
        self.found.append(f"{self.name} at {urlsplit(self.page.url).path}: {what}")

    def _said(self, message) -> None:
        """Errors, warnings, what the policy refused; failed answers are counted as such below."""
        known = ("responded with a status", *(WITHOUT_NETWORK if self.was_cut_off else ()))
        if message.type in ("error", "warning") and not any(k in message.text for k in known):
            self._complain(message.text)

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status != self.expected:
            self._complain(f"{response.request.method} {response.url} answers {response.status}")

    @contextmanager
    def refused(self, status: int) -> Iterator[None]:
        """In this block an answer with this status is what should come."""
        self.expected = status
        yield
        self.expected = 0

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """In this block her device has no network; the browser may say so."""
        self.was_cut_off = True
        self.context.set_offline(True)
        yield
        self.context.set_offline(False)

    # Pages

    def go(self, address: str) -> None:
        answer = self.page.goto(address)
        assert answer is not None
        self._arrived(answer)

    def _arrived(self, answer: Response) -> None:
        status = self.expected or 200
        assert answer.status == status, f"{self.name}: {answer.status} {answer.url}: {self.text()}"
        if self.speaks and self.page.get_attribute("html", "lang") != self.house.language:
            self._complain("the page is in the other language")
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            self._complain(f"{wide} px wider than the screen")

    def insist(self, address: str, **fields: str) -> APIResponse:
        """The answer to a request that no page of ours offers her."""
        token = self.page.locator("input[name=csrf_token]").first.get_attribute("value")
        return self.page.request.post(
            self.house.url + address,
            form={"csrf_token": str(token), **fields},
            headers={"Origin": self.house.url},
            max_redirects=0,
        )

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def text(self, where: str = "main") -> str:
        """What stands on the page, spaces made equal."""
        return " ".join(self.page.locator(where).first.inner_text().split())

    def sees(self, *words: str) -> None:
        for each in words:
            assert each in self.text(), f"{self.name} does not see {each!r} at {self.path}"

    def press(self, target: str | Locator) -> None:
        """Press a link or a button that leads to another page."""
        found = self.page.locator(target).first if isinstance(target, str) else target
        self._open_around(found)
        with self.page.expect_navigation() as sent:
            found.click()
        self._arrived(sent.value)

    def follow(self, address: str, within: str = "main") -> None:
        """Follow the first link whose address ends like this."""
        self.press(f'{within} a[href$="{address}"]')

    def link(self, named: str) -> Locator:
        """The link in which this name, title or code stands."""
        return self.page.locator("main a", has_text=named).first

    # Forms

    def send(self, action: str, *, button: str = "button", nth: int = 0, **fields: object) -> None:
        """Fill the form that goes to this address, and send it."""
        form = self.page.locator(f'form[action$="{action}"]').nth(nth)
        for name, value in fields.items():
            self.fill(form, name, value)
        self.press(form.locator(button).first)

    def fill(self, form: Locator, name: str, value: object) -> None:
        fields = form.locator(f'[name="{name}"]')
        field = fields.first
        self._open_around(field)
        tag = field.evaluate("f => f.tagName + ' ' + f.type").lower()
        if tag.endswith(("radio", "checkbox")):
            for each in value if isinstance(value, list) else [value]:
                form.locator(f'[name="{name}"][value="{each}"]').check()
        elif tag.startswith("select"):
            option = field.locator("option", has_text=str(value)).first
            field.select_option(value=option.get_attribute("value"))
        elif tag.endswith("file"):
            field.set_input_files(value)  # type: ignore[arg-type]  # a file as playwright takes it
        else:
            field.fill(str(value))

    def _open_around(self, target: Locator) -> None:
        """Open what hides it: fields beyond the first four lie behind *more*."""
        closed = target.locator("xpath=ancestor::details[not(@open)]")
        while not target.is_visible() and closed.count():
            closed.first.locator("> summary").click()

    # Signing in

    def sign_in(self) -> None:
        """Sign in as at the start of a day. A code of the second factor is good only once."""
        self.house.wait(seconds=31)
        self.context.clear_cookies()
        self.go("/sign-in")
        self.send("/sign-in", mail=self.mail, password=self.house.password)
        if self.path == "/sign-in/code":
            self.show_code()

    def show_code(self) -> None:
        """Write the six digits, which a demo shows."""
        code = CODE.search(self.text())
        assert code, "a demo shows the code of the second factor"
        self.send("/code", code=code.group().replace(" ", ""))

    def add_factor(self) -> None:
        """Enrol a second factor, from her account."""
        self.go("/account/")
        self.press('main a[href^="/account/code"]')
        self.show_code()
        assert self.page.locator("main code").count() == 10
        self.press("main a.btn.main")

    def choose_password(self) -> None:
        """Open the link of the invitation and choose a password."""
        self.go(self.house.invitation(self.mail))
        self.speaks = self.house.language == "it"
        self.send(self.path, password=self.house.password)
        if not self.speaks:
            self.speaks = True
            other = f"footer button[lang={self.house.language}]"
            if self.page.locator(other).count():
                self.press(other)

    # Pictures

    def picture(self, name: str) -> None:
        """A picture of what she sees, for README and guides: only if pictures are asked for."""
        if not self.house.takes_pictures:
            return
        path = PICTURES / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, type="jpeg", quality=78, animations="disabled")
        assert path.stat().st_size < LARGEST_PICTURE, f"{path.name} is too large"


class Cast:
    """Everybody on the journey: five at their desks, three trainees, and one who only looks."""

    def __init__(self, house: House, browser: Browser, *, script: bool) -> None:
        self.house, self.script = house, script
        self.manager, self.trainer, self.coordinator, self.senior, self.partner = (
            Person(house, browser, mail, name, script=script) for name, mail in STAFF.values()
        )
        self.sara, self.elena, self.luca = self.trainees = [
            Person(house, browser, mail, name, on_phone=True, script=script)
            for name, mail in TRAINEES
        ]
        self.visitor = Person(house, browser, "", "Somebody", on_phone=True, script=script)
        staff = [self.manager, self.trainer, self.coordinator, self.senior, self.partner]
        self.everybody = [*staff, *self.trainees, self.visitor]

    @property
    def found(self) -> list[str]:
        """All that any browser complained of."""
        return [line for person in self.everybody for line in person.found]

    def standing(self) -> str:
        """Where everybody is, for who has to find out why the journey stopped."""
        lines = [
            f"{p.name} at {p.path}: {p.text()[:600]}"
            for p in self.everybody
            if p.page.url != "about:blank"
        ]
        return "\n".join([f"It is {clock.local(clock.now())}.", *lines, *self.found])
