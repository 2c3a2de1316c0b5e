"""A form that has grown old: whoever sends it is told so, and what she wrote is shown to her.

Every address that takes a form, with every row in every state that may be met there.
"""

import re
import sys
from html import unescape

import pytest
from sqlalchemy import inspect
from wtforms import HiddenField, PasswordField, StringField
from wtforms.fields.core import UnboundField

from lms import db, guard
from lms.flow import Flow
from lms.forms import Form
from tests import databases, states, world
from tests.addresses import address, routes

TYPED = "canary-typed" * 2000
"""Longer than any field takes: wherever it is asked for, it is refused."""


@pytest.fixture
def made(database):
    made = world.build()
    states.build(made.rows["hub"])
    return made


def taking_rows(app):
    """Every address that is about a row and takes a form: with its permission and argument."""
    found = [(rule, *guard.access(app, rule.endpoint)) for rule in routes(app)]
    return [each for each in found if "POST" in each[0].methods and each[2]]


def text_fields(view):
    """The names of all fields that one writes words into, in the forms beside a view."""
    near = vars(sys.modules[view.__module__]).values()
    forms = [v for v in near if isinstance(v, type) and issubclass(v, Form)]
    return {
        name
        for form in forms
        for name, field in ((n, getattr(form, n)) for n in dir(form))
        if isinstance(field, UnboundField)
        and issubclass(field.field_class, StringField)
        and not issubclass(field.field_class, HiddenField | PasswordField)
    }


def rows_of(permission, made):
    """A row of each shape that its table has in the programme: its state, and what is empty."""
    model = permission.model
    rows = db.session.query(model).filter_by(programme_id=made.programme.id).order_by(model.id)
    columns = [c.key for c in inspect(model).column_attrs]

    def shape(row):
        return getattr(row, "state", None), *(getattr(row, c) is None for c in columns)

    return list({shape(row): row for row in rows}.values())


def form_with(page, url):
    """The form of a page that is sent to this address, as the page has it; else nothing."""
    found = re.findall(r"<form .*?</form>", page, re.DOTALL)
    return next((unescape(form) for form in found if f'action="{url}"' in form), "")


def is_lost(answer, url, sent):
    """What was typed is in no field that the page shows, and the page does not say it either."""
    if answer.status_code == 422:
        form = form_with(answer.text, url)
        asked = not form or any(f'name="{name}"' in form for name in sent)
        says = 'class="error"' in form or 'role="alert"' in answer.text
        says = says or 'class="calm"' in answer.text  # the page of a refusal is about nothing else
        return not says or (bool(sent) and asked and TYPED not in (form or unescape(answer.text)))
    return answer.status_code == 409 and bool(sent) and TYPED not in unescape(answer.text)


def test_no_text_is_lost_without_a_word(app, made, browse):
    kept, people = databases.Snapshot(), states.everybody(made.programme)
    browsers, lost, stale = {}, [], 0
    for rule, permission, _ in taking_rows(app):
        sent = dict.fromkeys(text_fields(app.view_functions[rule.endpoint]), TYPED)
        rows = rows_of(permission, made)
        may = states.someone_who_may(rows, permission, people)
        for row in [row for row in rows if row.id in may]:
            url, who = address(rule, {}, row.id), may[row.id]
            browser = browsers.get(who.id) or browsers.setdefault(who.id, browse(who))
            answer = browser.post(url, sent)
            stale += answer.status_code == 409
            if is_lost(answer, url, sent):
                lost.append(f"{answer.status_code} {url} of {getattr(row, 'state', row)}")
            if answer.status_code < 400:
                kept.restore()
                browsers.clear()
    assert not lost, "\n".join(lost)
    assert stale > 50


def test_rows_are_met_in_every_state_that_a_move_leads_to(app, made):
    """The walk above misses none: who adds a move adds a row of its state to tests/states.py."""
    models = {permission.model for _, permission, _ in taking_rows(app)}
    for model in {m for m in models if hasattr(m, "state")}:
        flows = vars(sys.modules[model.__module__]).values()
        kind = type(db.session.query(model).first().state)
        reached = {to for f in flows if isinstance(f, Flow) for _, to in f.moves.values()}
        met = {row.state for row in db.session.query(model)}
        assert met >= {state for state in reached if isinstance(state, kind)}, model
