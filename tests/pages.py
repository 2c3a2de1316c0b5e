"""A page as the tests see it, and what must hold of every page that any test opens."""

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Page(HTMLParser):
    """The parts of a page that are checked, gathered in one pass."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.forms: list[dict] = []
        self.hidden: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.labels: set[str] = set()
        self.controls: list[dict] = []
        self.title = ""
        self.language = ""
        self.mains = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        self.inline += [name for name in attrs if name == "style" or name.startswith("on")]
        match tag:
            case "html":
                self.language = attrs.get("lang", "")
            case "h1":
                self.headings.append("")
            case "main":
                self.mains += 1
            case "a":
                self.links.append(attrs.get("href", ""))
            case "form":
                self.forms.append({**attrs, "fields": []})
            case "style":
                self.inline.append("style")
            case "script" if "src" not in attrs:
                self.inline.append("script")
            case "label":
                self.labels.add(attrs.get("for", ""))
            case "input" | "textarea" | "select":
                self.controls.append(attrs)
                if self.forms:
                    self.forms[-1]["fields"].append(attrs.get("name"))

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, text):
        if "title" in self.open and "svg" not in self.open:
            self.title += text
        if "h1" in self.open:
            self.headings[-1] += text

    def check(self) -> None:
        assert len(self.headings) == 1, f"a page has one h1, not {self.headings}"
        assert self.headings[0].strip(), "the h1 says something"
        assert self.title.strip().endswith("Affianca"), f"the title names the program: {self.title}"
        assert self.language in ("it", "en"), "a page says its language"
        assert self.mains == 1, "a page has one main"
        repeated = {i for i in self.ids if self.ids.count(i) > 1}
        assert not repeated, f"ids are unique: {repeated}"
        assert not self.inline, f"nothing inline: {self.inline}"
        for form in self.forms:
            assert form.get("action"), "a form says where it goes"
            if form.get("method") == "post":
                assert form["fields"].count("csrf_token") == 1, f"{form['action']} has a token"
                assert form["fields"].count("once") == 1, f"{form['action']} has a key"
