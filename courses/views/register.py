from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from courses import (
    anomalies,
    attendance,
    awaiting,
    codes,
    corrections,
    makeups,
    pages,
    register,
    register_policy,
    stamps,
    traces,
)
from courses.anomalies import Verdict
from courses.calendar import SESSION_FLOW, SessionMode, SessionState
from courses.checkin import EXIT_AFTER
from courses.corrections import CorrectionState
from lms import clock, documents, forms, text
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import clock_time, gettext, lazy
from lms.permissions import allowed, allowed_ids, can

bp = Blueprint("register", __name__)
NO_NAMES = lazy(
    "It stays on the page as you write it, and whoever checks the register reads it: no names, "
    "nothing personal."
)

ON_PAGE = [
    register_policy.KEEP_REGISTER,
    register_policy.COUNTERSIGN_PAGE,
    register_policy.BAR_PAGE,
    register_policy.ASK_CORRECTION,
    register_policy.PLAN_MAKE_UP,
]
"""What the page of a session asks of whoever reads it."""


class SignForm(forms.Form):
    head_count = forms.Number(lazy("How many people do you see in the room?"), 0, 500)
    topic = forms.Prose(lazy("What was taught"), most=2000, description=NO_NAMES)
    note = forms.Prose(
        lazy("Why the two counts differ"), most=2000, required=False, description=NO_NAMES
    )


class CountersignForm(forms.Form):
    note = forms.Prose(lazy("A note to the page"), most=2000, required=False, description=NO_NAMES)


class BarForm(forms.Form):
    reason = forms.Words(lazy("Why it is not held"), most=400, description=NO_NAMES)


def anomaly_form(found, names):
    """Which anomaly that is still open, how it was decided, and why; the first is chosen."""
    left = [(a.key, _named(a, names)) for a in found if a.is_open]

    class AnomalyForm(forms.Form):
        anomaly = forms.Choice(lazy("What you decide"), left, radio=True)
        verdict = forms.Choice(lazy("How"), [(v.value, word(v).label) for v in Verdict], radio=True)
        note = forms.Prose(lazy("Why"), most=2000, description=NO_NAMES)

    return AnomalyForm(anomaly=left[0][0] if left else None)


def _named(anomaly, names):
    """The anomaly with the people that it is about."""
    who = [names[i] for i in anomaly.people if i in names]
    return f"{', '.join(who)}: {anomaly.what}" if who else anomaly.what


def exit_form(sheet):
    """Whose exit is missing, and when she was last seen: one at a time."""
    names = {row.enrolment_id: row.name for row in sheet.open_ends}

    class ExitForm(forms.Form):
        who = forms.RowField(
            lazy("Who"),
            register_policy.ATTEST_EXIT,
            say=lambda row: names.get(row.enrolment_id, ""),
            within=lambda: register.missing_exit(sheet.session),
        )
        at = forms.Clock(lazy("Went out at"))

    return ExitForm


@bp.get("/sessions")
@allow(register_policy.READ_REGISTER)
def sessions():
    mine = allowed(me(), register_policy.READ_REGISTER)
    upcoming, waiting, latest = (
        f(mine) for f in (awaiting.upcoming, awaiting.waiting, awaiting.latest)
    )
    editions = {s.edition for s in [*upcoming, *waiting, *latest]}
    listed = allowed_ids(editions, me(), register_policy.LIST_REGISTER)
    return render_template(
        "courses/register/sessions.html",
        upcoming=upcoming,
        waiting=waiting,
        latest=latest,
        on_paper=stamps.from_paper([*upcoming, *waiting, *latest]),
        editions=sorted((e for e in editions if e.id in listed), key=lambda e: e.starts_on),
    )


@bp.get("/editions/<uuid:edition>/sessions")
@allow(register_policy.LIST_REGISTER, "edition")
def edition(edition):
    rows = awaiting.of_edition(edition)
    return render_template(
        "courses/register/edition.html",
        edition=edition,
        rows=rows,
        open_to_me=allowed_ids(
            [session for session, _ in rows], me(), register_policy.READ_REGISTER
        ),
        on_paper=stamps.from_paper(session for session, _ in rows),
        certified=sum(session.state == SessionState.CERTIFIED for session, _ in rows),
        waiting=sum(who is not None for _, who in rows),
    )


def _page(session, status=200, **given):
    sheet = pages.sheet(session)
    keeps = can(me(), register_policy.KEEP_REGISTER, session)
    ends = keeps and session.state == SessionState.OPEN and sheet.is_over
    exits = ends and sheet.missing and session.mode != SessionMode.LIVE
    online = session.mode != SessionMode.CLASSROOM and session.page
    people = {row.enrolment_id: row.name for row in sheet.rows}
    trace = traces.listed(session, people, sheet.connected, sheet.stamped) if online else []
    wanted = request.args.get("n", type=int)
    chosen = next((r for r in sheet.missing if r.number == wanted), None)
    checks = (
        session.state == SessionState.SIGNED
        and session.signed_by_id != me().id
        and can(me(), register_policy.COUNTERSIGN_PAGE, session)
    )
    found = _found(session, sheet) if checks else []
    changes = corrections.of_page(session.id) if sheet.signed else {}
    shown = {
        "sign_form": given.get("sign_form") or SignForm(head_count=sheet.inside),
        "exit_form": given.get("exit_form") or (exits and _begun(sheet, chosen)),
        "countersign_form": given.get("countersign_form") or CountersignForm(),
        "bar_form": given.get("bar_form") or BarForm(),
        "anomaly_form": given.get("anomaly_form") or anomaly_form(found, sheet.people),
    }
    page = render_template(
        "courses/register/show.html",
        session=session,
        sheet=sheet,
        work=sheet.work,
        keeps=keeps,
        trace=trace,
        lacks_trace=session.mode == SessionMode.LIVE and not sheet.connected,
        opens=session.starts_at - register.OPENS_BEFORE,
        exits_until=session.ends_at + EXIT_AFTER,
        now=clock.now(),
        may_countersign=checks,
        found=found,
        said=[] if checks or not sheet.signed else anomalies.decisions(session.id),
        changes=changes,
        changed={
            who: row
            for who, rows in changes.items()
            for row in rows
            if row.state == CorrectionState.APPROVED
        },
        rounding=attendance.policy(session.edition),
        missed=makeups.missed(session) if session.makes_up_id else None,
        bars=session.state == SessionState.OPEN and can(me(), register_policy.BAR_PAGE, session),
        corrects=corrections.is_correctable(session)
        and can(me(), register_policy.ASK_CORRECTION, session),
        coordinates=can(me(), register_policy.PLAN_MAKE_UP, session),
        **shown,
    )
    return page, status


def _found(session, sheet):
    return anomalies.of_page(
        session,
        acts=sheet.acts,
        stamped=sheet.stamped,
        marks=sheet.marks,
        connected=sheet.connected,
    )


def _begun(sheet, chosen):
    row = chosen or sheet.missing[0]
    who = stamps.expected_of(sheet.session.id, row.enrolment_id)
    return exit_form(sheet)(who=who, at=clock.local(sheet.session.ends_at).time())


@bp.get("/sessions/<uuid:session>")
@allow(register_policy.READ_REGISTER, "session", also=ON_PAGE)
def show(session):
    return _page(session)


@bp.post("/sessions/<uuid:session>/open")
@allow(register_policy.KEEP_REGISTER, "session")
def open_page(session):
    register.open_page(session, by=me())
    flash(gettext("Page %(page)s is open.", page=session.page))
    return redirect(url_for(".code", session=session.id), 303)


@bp.get("/sessions/<uuid:session>/code")
@allow(register_policy.KEEP_REGISTER, "session", polled=True)
def code(session):
    if session.state != SessionState.OPEN:
        return redirect(url_for(".show", session=session.id), 303)
    now, (came, expected) = clock.now(), pages.head_counts(session)
    number = codes.slice_of(now)
    seen = f"{number}-{came}"
    if request.args.get("seen") == seen:
        return Response(status=204)
    digits = register.code_now(session)
    address = current_app.extensions["affianca"].public_url
    return render_template(
        "courses/register/code.html",
        session=session,
        digits=digits,
        drawing=text.svg(
            documents.qr(address + url_for("checkin.scanned", code=digits), fills=True)
        ),
        every=codes.EVERY,
        left=codes.left(now),
        until=codes.until(number),
        came=came,
        expected=expected,
        seen=seen,
        is_over=now >= session.ends_at,
        exits_until=session.ends_at + EXIT_AFTER,
    )


@bp.post("/sessions/<uuid:session>/exits")
@allow(register_policy.KEEP_REGISTER, "session")
def attest(session):
    SESSION_FLOW.check(session, "sign")
    sheet = pages.sheet(session)
    form = exit_form(sheet)()
    done = form.validate() and form.attempt(
        register.attest_exit,
        session,
        form.who.data.enrolment_id,
        register.moment_of(session, form.at.data),
        by=me(),
    )
    if not done:
        return _page(session, 422, exit_form=form)
    flash(
        gettext(
            "You attested the exit of %(name)s at %(time)s.",
            name=next(r.name for r in sheet.rows if r.enrolment_id == done.enrolment_id),
            time=clock_time(done.at),
        )
    )
    return redirect(url_for(".show", session=session.id), 303)


@bp.post("/sessions/<uuid:session>/sign")
@allow(register_policy.KEEP_REGISTER, "session")
def sign(session):
    SESSION_FLOW.check(session, "sign")
    form = SignForm()
    if not (form.validate() and form.attempt(register.sign, session, **form.facts(), by=me())):
        return _page(session, 422, sign_form=form)
    flash(
        gettext(
            "You signed page %(page)s at %(time)s.",
            page=session.page,
            time=clock_time(session.signed_at),
        )
    )
    return redirect(url_for(".show", session=session.id), 303)


@bp.post("/sessions/<uuid:session>/countersign")
@allow(register_policy.COUNTERSIGN_PAGE, "session")
def countersign(session):
    SESSION_FLOW.check(session, "countersign")
    form = CountersignForm()
    if not (
        form.validate() and form.attempt(register.countersign, session, **form.facts(), by=me())
    ):
        return _page(session, 422, countersign_form=form)
    flash(gettext("You countersigned page %(page)s.", page=session.page))
    return redirect(url_for(".show", session=session.id), 303)


@bp.post("/sessions/<uuid:session>/anomalies")
@allow(register_policy.COUNTERSIGN_PAGE, "session")
def decide(session):
    sheet = pages.sheet(session)
    form = anomaly_form(_found(session, sheet), sheet.people)
    done = form.validate() and form.attempt(
        anomalies.decide,
        session,
        form.anomaly.data,
        verdict=Verdict(form.verdict.data),
        note=form.note.data,
        by=me(),
    )
    if not done:
        return _page(session, 422, anomaly_form=form)
    flash(gettext("It is decided, and stays on the page: %(what)s.", what=word(done.kind).label))
    return redirect(url_for(".show", session=session.id), 303)


@bp.post("/sessions/<uuid:session>/bar")
@allow(register_policy.BAR_PAGE, "session")
def bar(session):
    form = BarForm()
    if not (form.validate() and form.attempt(register.bar, session, **form.facts(), by=me())):
        return _page(session, 422, bar_form=form)
    flash(gettext("Page %(page)s is barred. It keeps its number.", page=session.page))
    return redirect(url_for(".show", session=session.id), 303)
