"""What somebody had typed, said back in the words of the form that had asked for it."""

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from wtforms import BooleanField, DateField, HiddenField
from wtforms.fields.core import UnboundField

from lms.forms import Form, RowField
from lms.i18n import date_year, gettext

Asked = Any
"""A field before its form is made, which WTForms names only for itself."""
Fields = Mapping[str, Asked]


@dataclass(frozen=True)
class Written:
    """One field as a person knows it."""

    name: str
    label: str
    text: str


def at(address: str, typed: Mapping[str, str]) -> list[Written]:
    """What was typed in the form that is shown at this address."""
    try:
        endpoint = current_app.url_map.bind("").match(address)[0]
    except (HTTPException, RequestRedirect):
        endpoint = ""
    return by(endpoint, typed)


def by(endpoint: str | None, typed: Mapping[str, str]) -> list[Written]:
    """What was typed in the form that this view reads; as asked, in the order of the form."""
    if not typed:
        return []
    view = current_app.view_functions.get(endpoint or "")
    fields = _form_with(set(typed), view.__module__ if view else "")
    order = list(fields)
    found = [
        Written(name, _label(fields.get(name)), _text(fields.get(name), value))
        for name, value in typed.items()
        if name not in fields or not issubclass(fields[name].field_class, HiddenField)
    ]
    return sorted(found, key=lambda each: order.index(each.name) if each.name in fields else 99)


def _form_with(names: set[str], module: str) -> Fields:
    """The fields of the form that asked for these: of this module, or of one that knows them all.

    Some pages show the form of another topic; a form that only shares a name is not meant. Of
    two forms that fit, the one that asks for less else.
    """
    best: tuple[int, bool, int] = (0, False, 0)
    fields: Fields = {}
    for each in sorted({view.__module__ for view in current_app.view_functions.values()}):
        for value in vars(sys.modules[each]).values():
            if inspect.isclass(value) and issubclass(value, Form):
                known = _fields(value)
                shared = len(names & set(known))
                score = (shared, each == module, -len(known))
                if shared and score > best and (each == module or shared == len(names)):
                    best, fields = score, known
    return fields


def _fields(form: type[Form]) -> Fields:
    found = {name: getattr(form, name) for name in dir(form)}
    fields = [(n, f) for n, f in found.items() if isinstance(f, UnboundField)]
    return dict(sorted(fields, key=lambda each: each[1].creation_counter))


def _label(field: Asked | None) -> str:
    return str(field.args[0]) if field and field.args else gettext("What you wrote")


def _text(field: Asked | None, value: str) -> str:
    """A choice, a tick or a day in words; a row by what it is, for its name is not looked up."""
    if field is None:
        return value
    kind = field.field_class
    if issubclass(kind, RowField):
        return gettext("chosen from the list")
    if issubclass(kind, BooleanField):
        return gettext("yes")
    if issubclass(kind, DateField):
        return _day(value)
    choices = field.kwargs.get("choices")
    said = {c.value: c.label for c in choices()} if callable(choices) else {}
    return str(said.get(value, value))


def _day(value: str) -> str:
    try:
        return date_year(date.fromisoformat(value))
    except ValueError:
        return value
