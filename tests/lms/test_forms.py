"""Forms: what is wrong is said beside its field, and ids enter only through a permission."""

import inspect
import pkgutil
from importlib import import_module
from uuid import uuid4

import pytest
from wtforms.fields.core import UnboundField

from lms import forms, policy
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

    def send(**fields):
        with app.test_request_context(method="POST", data=fields):
            g.visitor = sign_ins.visitor(token)
            form = HubForm()
            form.validate()
            return form

    return send, mine, other


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
