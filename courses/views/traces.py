"""The trace of a live lesson: a file is added, read, agreed with the class, and imported."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from wtforms import HiddenField

from courses import (
    attendance,
    calendar,
    layouts,
    platform_names,
    register_policy,
    stamps,
    traces,
)
from courses.calendar import SessionMode, SessionState
from courses.layouts import Unknown
from lms import drafts, files, forms
from lms.errors import NotFound
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import can

bp = Blueprint("traces", __name__)
SHOWN = 12
"""How many lines of an unknown file are shown, to choose its columns by."""


class FileForm(forms.Form):
    file = forms.Attachment(lazy("Attendance file of the platform"))


class WaitingForm(forms.Form):
    """What waits for its confirmation; nobody reads it as it is kept."""

    content = HiddenField()
    columns = HiddenField()


def columns_form(titles):
    """Which of these columns holds what."""
    places = [("", "–"), *((str(place), title) for place, title in enumerate(titles))]

    def column(label, **more):
        return forms.Choice(label, places, required=False, **more)

    class ColumnsForm(forms.Form):
        heading = forms.Number(lazy("Line that names the columns"), 1, layouts.MOST_LINES)
        name = column(lazy("Name"))
        mail = column(lazy("Mail"))
        joined = column(lazy("Joined at"))
        left = column(lazy("Left at"))
        action = column(lazy("What happened: joined or left"))
        at = column(lazy("When it happened"))
        zone = forms.Choice(
            lazy("Times are those of"), [("it", lazy("Italy")), ("utc", lazy("UTC"))], radio=True
        )

        def chosen(self):
            facts = self.facts("heading", "zone")
            places = {name: int(place) if place else None for name, place in facts.items()}
            in_utc = self.zone.data == "utc"
            return layouts.chosen(heading=self.heading.data, in_utc=in_utc, **places)

    return ColumnsForm


def name_form(session, report):
    """Who somebody in the file is, of those expected."""

    class NameForm(forms.Form):
        who = forms.RowField(
            lazy("Trainee"),
            register_policy.TELL_NAME,
            say=lambda row: report.people.get(row.enrolment_id, ""),
            within=lambda: traces.expected_on(session),
        )

    return NameForm


def page(template, form=None, **shown):
    found = render_template(f"courses/traces/{template}.html", form=form, **shown)
    return found, 422 if form is not None and form.errors else 200


def to(view, session):
    return redirect(url_for(f".{view}", session=session.id), 303)


def waiting(session):
    """The file that this person has added and not imported yet, and its columns; or None."""
    kept = drafts.find(url_for(".preview", session=session.id), by=me())
    return traces.unpacked(kept[1]) if kept else None


def wait(session, content, columns=None):
    address = url_for(".preview", session=session.id)
    kept = traces.packed(content, columns)
    drafts.save(address, kept, key_id=me().key_id, by=me())
    return True


def shown(session, form=None):
    session = calendar.whole(session)
    people = {e.enrolment_id: e.enrolment.person.name for e in stamps.expected(session.id)}
    rows = traces.listed(session, people, attendance.traced(session))
    return page(
        "show",
        form or FileForm(),
        session=session,
        rows=rows,
        connected=sum(bool(row.spans) for row in rows),
        differing=sum(row.difference is not None for row in rows),
        imports=traces.imports(session.id),
        may_import=session.state == SessionState.OPEN
        and session.mode != SessionMode.CLASSROOM
        and can(me(), register_policy.IMPORT_TRACE, session),
    )


@bp.get("/sessions/<uuid:session>/trace")
@allow(register_policy.READ_REGISTER, "session", also=[register_policy.IMPORT_TRACE])
def show(session):
    return shown(session)


@bp.post("/sessions/<uuid:session>/trace")
@allow(register_policy.IMPORT_TRACE, "session")
def add(session):
    form = FileForm()
    file = form.file.data
    content = file.read(traces.LARGEST + 1) if file else b""
    try:
        read = form.attempt(traces.check, session, content) and form.attempt(wait, session, content)
    except Unknown:
        wait(session, content)
        return to("columns", session)
    return to("preview", session) if read else shown(session, form)


@bp.get("/sessions/<uuid:session>/trace/columns")
@allow(register_policy.IMPORT_TRACE, "session")
def columns(session):
    kept = waiting(session)
    if kept is None:
        return to("show", session)
    return choosing(session, kept[0])


def choosing(session, content, form=None):
    rows = layouts.rows(content)
    heading = layouts.widest(rows)
    titles = layouts.titles(rows, heading)
    form = form or columns_form(titles)(heading=heading, zone="it")
    return page(
        "columns", form, session=session, rows=rows[:SHOWN], titles=titles, more=rows[SHOWN:]
    )


@bp.post("/sessions/<uuid:session>/trace/columns")
@allow(register_policy.IMPORT_TRACE, "session")
def choose(session):
    kept = waiting(session)
    if kept is None:
        return to("show", session)
    rows = layouts.rows(kept[0])
    form = columns_form(layouts.titles(rows, layouts.widest(rows)))()
    chosen = form.validate() and form.attempt(form.chosen)
    read = chosen and form.attempt(traces.check, session, kept[0], chosen)
    if not (read and form.attempt(wait, session, kept[0], chosen)):
        return choosing(session, kept[0], form)
    return to("preview", session)


@bp.get("/sessions/<uuid:session>/trace/preview")
@allow(register_policy.IMPORT_TRACE, "session")
def preview(session):
    kept = waiting(session)
    if kept is None or session.state != SessionState.OPEN:
        return to("show", session)
    return agreeing(session, traces.check(session, *kept))


def agreeing(session, report, form=None, about=None):
    """Who is who: about one person at a time, the first who is not known or the one asked for."""
    about = about or report.one(request.args.get("n", type=int))
    rows = traces.listed(session, report.people, report.spans, {})
    form = form or (name_form(session, report)() if about else None)
    return page("preview", form, session=session, report=report, about=about, rows=rows)


@bp.post("/sessions/<uuid:session>/trace/names")
@allow(register_policy.IMPORT_TRACE, "session")
def tell(session):
    kept = waiting(session)
    if kept is None:
        return to("show", session)
    report = traces.check(session, *kept)
    about = report.one(request.form.get("number", type=int))
    if about is None:
        raise NotFound()
    form = name_form(session, report)()
    nobody = "nobody" in request.form
    if not (nobody or form.validate()):
        return agreeing(session, report, form, about)
    platform_names.tell(session, about, None if nobody else form.who.data, by=me())
    return to("preview", session)


@bp.post("/sessions/<uuid:session>/trace/import")
@allow(register_policy.IMPORT_TRACE, "session")
def import_file(session):
    kept = waiting(session)
    if kept is None:
        return to("show", session)
    row = traces.import_file(session, *kept, by=me())
    drafts.drop(url_for(".preview", session=session.id), by=me())
    flash(gettext("The file is imported, as number %(number)s.", number=row.number))
    return to("show", session)


@bp.get("/sessions/<uuid:session>/trace/<int:number>")
@allow(register_policy.READ_REGISTER, "session")
def file(session, number):
    row = next((r for r in traces.imports(session.id) if r.number == number), None)
    if row is None:
        raise NotFound()
    return Response(
        files.read(row.file, by=me()),
        mimetype=row.file.media_type,
        headers={"Content-Disposition": f"attachment; filename=attendance-{number}.csv"},
    )
