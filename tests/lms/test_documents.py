"""Documents: accessible PDFs that are the same for the same data, and QR codes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lms import documents, paths

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def template(tmp_path, monkeypatch):
    source = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: "it", font: "Source Sans 3")
= #data.title
#data.text
"""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "sheet.typ").write_text(source)
    monkeypatch.setattr(documents.paths, "templates", lambda: tmp_path)
    documents._compiler.cache_clear()
    yield "sheet.typ"
    documents._compiler.cache_clear()


def _made(template, text="Testo"):
    return documents.pdf(template, {"title": "Foglio", "text": text}, at=AT)


def test_a_document_is_a_tagged_pdf(template):
    made = _made(template)
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made or b"pdfuaid" in made


def test_the_same_data_give_the_same_bytes(template):
    assert _made(template) == _made(template)
    assert _made(template) != _made(template, "Altro")


def test_what_people_typed_is_never_source(template):
    _made(template, '#import "/etc/passwd"; #panic("run") $x$ @ref <label> \\ */')


def test_templates_cannot_read_outside_their_folder(template, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "documents" / "bad.typ").write_text('#read("../secret.txt")')
    with pytest.raises(Exception, match=r"escape the project root"):
        documents.pdf("bad.typ", {}, at=AT)


@pytest.mark.parametrize("text", ["李华", "👩\u200d🌾", "a\x00b", "\ue000", "\\u{674e} 李"])
def test_letters_without_a_font_do_not_stop_a_document(template, text):
    assert _made(template, text).startswith(b"%PDF-")
    assert not documents.prints(text)


def test_what_people_are_called_here_prints():
    assert documents.prints("Đặng Thị, Şükrü, Иван, Łucja, D’Angiò, *#x*")


def test_our_fonts_are_there():
    names = {p.name for p in Path(paths.fonts()).glob("*.ttf")}
    assert len(names) >= 4


def test_a_qr_code_is_a_drawing():
    drawing = documents.qr("https://affianca.example/verify/1")
    assert drawing.startswith("<svg")
    assert "script" not in drawing
