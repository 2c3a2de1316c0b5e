"""Forms: what is wrong is said beside its field, and ids enter only through a permission."""

import inspect
import pkgutil
from contextlib import contextmanager
from importlib import import_module
from uuid import uuid4

import pytest
from wtforms.fields.core import UnboundField

from lms import db, forms, policy
from lms.errors import Invalid
from lms.forms import Form, RowField
from lms.permissions import Permission
from tests.sources import PACKAGES


def every_form():
    """Each form of each package."""
    found = []
    for package in PACKAGES:
        views = import_module(f"{package}.views")
        for module in pkgutil.iter_modules(views.__path__, f"{package}.views."):
            for value in vars(import_module(module.name)).values():
                if inspect.isclass(value) and issubclass(value, Form) and value is not Form:
                    found.append(value)
    return found


@pytest.mark.parametrize("form", every_form(), ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_ids_enter_only_through_a_permission(form):
    """Decision 11: a field that names a row is a RowField; there is no other kind of id field."""
    for name in dir(form):
        field = getattr(form, name)
        if not isinstance(field, UnboundField):
            continue
        assert not name.endswith("_id"), f"{form.__name__}.{name}"
        if field.field_class is RowField:
            assert isinstance(field.args[1], Permission), f"{form.__name__}.{name}"


@pytest.fixture
def seen(app, make):
    """A request of a manager, with her hub and a hub of another programme."""
    from flask import g

    from lms import sign_ins

    person = make.person("manager")
    mine, other = make.hub(letter="A"), make.hub(make.programme(), letter="B")
    token = make.sign_in(person)

    class HubForm(Form):
        hub = RowField("Hub", policy.USE_HUB, say=lambda hub: hub.name)
        text = forms.Words("Text")
        day = forms.Day("Day", required=False)
        many = forms.Number("Many", 1, 10, required=False)

    @contextmanager
    def sent(**fields):
        with app.test_request_context(method="POST", data=fields):
            g.visitor = sign_ins.visitor(token)
            form = HubForm()
            form.validate()
            yield form

    def send(**fields):
        with sent(**fields) as form:
            return form

    send.within = sent
    return send, mine, other


@pytest.fixture
def seen_by(seen):
    """The same while the request lasts: what a page would show."""
    return seen[0].within


def test_a_row_of_hers_is_the_row(seen):
    send, mine, _ = seen
    form = send(hub=str(mine.id), text="x")
    assert not form.errors
    assert form.hub.data is mine


def test_another_programmes_row_is_not_in_the_list(seen):
    send, _, other = seen
    for typed in (str(other.id), str(uuid4()), "x", "' OR 1=1"):
        form = send(hub=typed, text="x")
        assert form.hub.data is None
        assert form.hub.errors


@pytest.fixture
def many(seen, make, monkeypatch):
    """Four hubs of hers, of which a list shows two."""
    monkeypatch.setattr(forms, "MOST_CHOICES", 2)
    send, mine, other = seen
    hubs = [mine, *(make.hub(letter=letter) for letter in "CDE")]
    for hub, name in zip(hubs, ("Porta", "Niccolò", "Nicola", "Molo"), strict=True):
        hub.name = name
    db.session.commit()
    return send, sorted(hubs, key=lambda hub: hub.id), other


def test_a_row_beyond_the_list_is_chosen_by_its_id_as_the_permission_says(many, app):
    send, hubs, other = many
    for hub in hubs:
        form = send(hub=str(hub.id), text="x")
        assert (form.errors, form.hub.data) == ({}, hub)
    assert send(hub=str(other.id), text="x").hub.errors


def test_a_list_says_that_it_is_cut_and_still_holds_what_was_chosen(many, seen_by, app):
    send, hubs, _ = many
    with seen_by(hub=str(hubs[3].id)) as form:
        assert form.hub.is_cut
        assert len(form.hub.rows()) == 2
        assert [option.selected for option in form.hub.iter_choices()] == [True, False, False]
    with seen_by() as form:
        assert len(list(form.hub.iter_choices())) == 2


def test_words_narrow_a_list_that_is_cut(many, seen_by):
    send, hubs, _ = many
    wanted, other = (next(h for h in hubs if h.name == name) for name in ("Niccolò", "Molo"))
    with seen_by(hub=str(other.id), text="x", hub_words="NICCO") as form:
        assert [hub.name for hub in form.hub.rows()] == ["Niccolò"]
        assert form.hub.errors == ["Choose among what has these words."]
    form = send(hub=str(wanted.id), text="x", hub_words="nicco")
    assert (form.errors, form.hub.data) == ({}, wanted)
    assert send(hub=str(other.id), text="x", hub_words="nowhere").hub.errors == [
        "Nothing in the list has these words."
    ]


def test_a_cut_list_has_its_words_on_the_page(many, browse, make, monkeypatch):
    manager = make.person("manager")
    for _ in range(3):
        make.person("trainee")
    page = browse(manager).get("/mentoring/assignments").text
    assert 'name="person_words"' in page
    assert 'name="senior_words"' not in page


def test_what_is_wrong_is_said_beside_its_field(seen):
    send, mine, _ = seen
    form = send(hub=str(mine.id), text=" ", day="2026-02-30", many="11")
    assert set(form.errors) == {"text", "day", "many"}
    assert form.day.raw_data == ["2026-02-30"]


def test_control_characters_and_spaces_are_cleaned(seen):
    send, mine, _ = seen
    form = send(hub=str(mine.id), text=" a\x00b\r\n")
    assert form.text.data == "ab"


def test_what_an_operation_refuses_stands_beside_its_field(seen, app):
    send, mine, _ = seen
    form = send(hub=str(mine.id), text="x")

    def refuse(**_):
        raise Invalid(text="No.", elsewhere="Nor this.")

    with app.test_request_context():
        assert form.attempt(refuse) is False
    assert form.text.errors == ["No."]
    assert form.form_errors == ["Nor this."]


def test_a_version_is_a_number_or_nothing():
    for typed, meant in (("3", 3), ("x", None), ("", None), (None, None), ("-1", None)):
        assert forms.Version().kwargs["filters"][0](typed) == meant
