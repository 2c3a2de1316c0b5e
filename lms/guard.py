"""The way of a request: who asks, may she, once only, one commit, one record.

A view that declares no access stops the application from starting.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from flask import Flask, Response, current_app, flash, g, redirect, request, session, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import escape
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from lms import asked, audit, clock, db, drafts, flow, i18n, keys, once, permissions, sign_ins
from lms.errors import NotFound, WrongState
from lms.origin import check_form, referring_path
from lms.permissions import FACTOR_ROLES, Actor, Permission, standing
from lms.sign_ins import Visitor

SAFE = {"GET", "HEAD", "OPTIONS"}
View = Callable[..., Any]


def me() -> Actor:
    """The person who is signed in. Only in views guarded by @allow."""
    visitor = g.visitor
    assert visitor is not None  # noqa: S101 - @allow has let nobody else in
    actor: Actor = visitor.actor
    return actor


def visitor() -> Visitor | None:
    found: Visitor | None = g.get("visitor")
    return found


def is_unsafe() -> bool:
    return request.method not in SAFE


# Declarations


def allow(
    permission: Permission,
    row: str | None = None,
    *,
    once_only: bool = True,
    polled: bool = False,
    also: Sequence[Permission] = (),
) -> Callable[[View], View]:
    """Guard a view by a permission; the row id in its address becomes a row she may touch.

    Without `row` it is enough to hold the permission on some row: lists, and creating. A page
    that asks `can` of its row says so in `also`: the answers come with the row.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            seen = visitor()
            if seen is None:
                return _sign_in_first()
            if is_unsafe():
                check_form()
            token, answers = standing.set(permission.name), permissions.answered.set({})
            try:
                if row:
                    arguments[row] = permissions.load(
                        arguments[row], seen.actor, permission, lock=is_unsafe(), also=also
                    )
                elif not permission.held_by(seen.actor):
                    raise NotFound()
                if detour := _detour(permission, seen):
                    return detour
                return _act(view, arguments, seen.actor, once_only=once_only)
            finally:
                permissions.answered.reset(answers)
                standing.reset(token)

        guarded.access = (permission, row)  # type: ignore[attr-defined]  # read by check()
        guarded.polled = polled  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in(view: View) -> View:
    """Guard a view that is about the person herself: any account, no row."""

    @wraps(view)
    def guarded(**arguments: Any) -> Any:
        seen = visitor()
        if seen is None:
            return _sign_in_first()
        if is_unsafe():
            check_form()
        return _act(view, arguments, seen.actor, once_only=False)

    guarded.access = ("signed in", None)  # type: ignore[attr-defined]
    return guarded


def public(view: View) -> View:
    """A view for everybody. What posts to it must still come from our own page."""

    @wraps(view)
    def guarded(**arguments: Any) -> Any:
        if is_unsafe():
            check_form()
        return view(**arguments)

    guarded.access = ("public", None)  # type: ignore[attr-defined]
    return guarded


def access(app: Flask, endpoint: str) -> tuple[Any, str | None]:
    """What a view declares: its permission (or a word), and the row it loads."""
    declared: tuple[Any, str | None] | None = getattr(app.view_functions[endpoint], "access", None)
    if declared is None:
        raise RuntimeError(f"{endpoint} declares no access: use @allow or @public")
    return declared


def check(app: Flask) -> None:
    """Refuse to start with a view, or a row id in an address, that nobody thought about."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        _, row = access(app, rule.endpoint)
        ids = {
            name
            for name in rule.arguments
            if type(rule._converters[name]).__name__ == "UUIDConverter"
        }
        if ids - {row}:
            raise RuntimeError(f"{rule.endpoint}: {sorted(ids)} not loaded through @allow")


# Steps


def _act(view: View, arguments: dict[str, Any], actor: Actor, *, once_only: bool) -> Any:
    key = request.form.get("once") if is_unsafe() and once_only else None
    if not key:
        answer = _answer(view, arguments)
        if is_unsafe():
            db.session.flush()  # what the database refuses is refused here, as a page
        return answer
    address = request.path
    if first := once.begin(address, key, once.body_hash(_sent()), by=actor):
        for receipt in first.receipts:
            flash(receipt)
        return redirect(first.target, 303)
    before = len(session.get("_flashes", []))
    answer = _answer(view, arguments)
    db.session.flush()
    if answer.status_code < 400:
        receipts = [text for _, text in session.get("_flashes", [])[before:]]
        target = answer.location or referring_path()
        once.finish(address, key, once.Answer(target, receipts), by=actor)
    return answer


def _answer(view: View, arguments: dict[str, Any]) -> Response:
    """What the view answers; a form that it refuses must be on its page, with what was typed.

    A page shows a form only while its row takes it. An old one, sent from another tab, would be
    refused without a word: its sender is told, and sees what she wrote. Raises WrongState.
    """
    answer = current_app.make_response(view(**arguments))
    if answer.status_code == 422 and answer.mimetype == "text/html":
        address = url_for(str(request.endpoint), **(request.view_args or {}))
        if f'action="{escape(address)}"' not in answer.get_data(as_text=True):
            raise _not_asked(next(iter(arguments.values()), None))
    return answer


def _not_asked(row: Any) -> WrongState:
    if not hasattr(row, "state"):
        return WrongState(i18n.lazy("The page has changed: this is no longer asked for."))
    state = flow.word(row.state).label
    return WrongState(
        i18n.lazy("The page has changed: this is no longer asked for. Now: %(state)s.", state=state)
    )


def _sent() -> dict[str, list[str]]:
    """Everything that the form carries; of each file its hash."""
    found = {name: list(values) for name, values in request.form.lists()}
    for name, file in request.files.items():
        found[f"file {name}"] = [hashlib.sha256(file.stream.read()).hexdigest()]
        file.stream.seek(0)
    return found


def _detour(permission: Permission, seen: Visitor) -> Any:
    """A missing factor, or a password given too long ago, leads to its page and back."""
    back = request.full_path.rstrip("?") if not is_unsafe() else referring_path()
    wanted = (permission.factor and not seen.actor.proven) or (
        permission.fresh and not seen.is_fresh
    )
    if wanted and is_unsafe():
        _keep_typed()
    if permission.factor and not seen.actor.proven:
        page = "accounts.factor" if seen.enrolled else "accounts.enrol"
        return redirect(url_for(page, next=back), 303)
    if permission.fresh and not seen.is_fresh:
        return redirect(url_for("accounts.prove", next=back), 303)
    return None


def _sign_in_first() -> Any:
    if is_unsafe():
        _keep_typed()
        target = url_for("account.kept")
    else:
        target = asked.remember()
    address = url_for("accounts.sign_in", next=target)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _keep_typed() -> None:
    """A form that cannot be taken now: what was typed is kept, sealed, for its writer.

    It takes the key of the row that it was written to, so that erasing a case erases it too; who
    may not touch that row keeps nothing.
    """
    words = {k: v for k, v in request.form.items() if v and k not in drafts.SECRETS}
    seen = visitor()
    writer = seen.actor if seen else sign_ins.whose(session.get("sign_in", ""))
    if not words or writer is None or writer.key_id is None:
        return
    check_form()
    row = row_behind(request.path, writer, method="POST")
    if row is None:
        return
    whose = None if row is writer else subject_of(row)
    drafts.save(
        referring_path(),
        words,
        key_id=getattr(row, "key_id", None) or writer.key_id,
        subject=whose,
        by=writer,
    )


def row_behind(path: str, me: Actor, *, method: str = "GET") -> Any:
    """The row that an address is about, if this person may open it; herself if it is about none."""
    try:
        endpoint, arguments = current_app.url_map.bind("").match(path, method=method)
    except (HTTPException, RequestRedirect):
        return None
    permission, row = access(current_app, endpoint)
    if not isinstance(permission, Permission):
        return me
    if row is None:
        return me if permission.held_by(me) else None
    try:
        return permissions.load(arguments[row], me, permission)
    except NotFound:
        return None


def subject_of(row: Any) -> UUID:
    """The case that a row belongs to, as the audit record names it."""
    found: UUID = getattr(row, "case_id", None) or row.id
    return found


def factor_first() -> Any:
    """Where to go first, if the person's roles need a second factor that she has not shown."""
    seen = visitor()
    if seen is None or seen.actor.proven or not seen.actor.roles & FACTOR_ROLES:
        return None
    page = "accounts.factor" if seen.enrolled else "accounts.enrol"
    return redirect(url_for(page, next=request.path), 303)


# The request


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_close)


def _language() -> str:
    seen = visitor()
    chosen = seen.actor.language if seen else session.get("language")
    return chosen or request.accept_languages.best_match(i18n.LANGUAGES) or i18n.DEFAULT


def _begin() -> None:
    g.request_id = uuid4().hex[:16]
    g.ending = ending = ExitStack()
    g.asides = []
    g.visitor = None
    ending.enter_context(clock.held())
    ending.callback(standing.reset, standing.set("account"))  # unless a permission stands for it
    ending.enter_context(db.scope(write=is_unsafe()))
    if request.endpoint == "static":
        return
    if token := session.get("sign_in"):
        g.visitor = sign_ins.visitor(token)
    ending.enter_context(i18n.speaking(_language()))


def aside(work: Callable[[], None]) -> None:
    """Do this in a transaction of its own if the request is refused."""
    g.asides.append(work)


def _end(response: Response) -> Response:
    if request.endpoint == "static" or "ending" not in g:
        return response
    if response.status_code >= 400:
        _end_refused(response)
    elif is_unsafe():
        return _commit(response)
    else:
        try:
            audit.settle_reading(_touch())
        except SQLAlchemyError:
            current_app.logger.exception("a reading could not be recorded")
            db.session.rollback()
            return Response(status=503, mimetype="text/plain", headers={"Retry-After": "5"})
    return response


def _commit(response: Response) -> Response:
    """The one commit; what the database refuses at this last moment is a page too."""
    try:
        if touch := _touch():  # who writes is here, also where only a draft is kept
            touch()
        db.session.commit()
    except SQLAlchemyError as error:
        refused = current_app.make_response(current_app.handle_user_exception(error))
        session.pop("_flashes", None)
        _end_refused(refused)
        return refused
    return response


def _touch() -> Callable[[], None] | None:
    seen = visitor()
    view = current_app.view_functions.get(request.endpoint or "")
    if seen is None or not seen.needs_touch or getattr(view, "polled", False):
        return None
    return lambda: sign_ins.touch(seen.sign_in_id)


def _end_refused(response: Response) -> None:
    readings = keys.take_readings(db.session())  # the page of a refusal may show content too
    db.session.rollback()
    seen = visitor()
    works: list[Callable[[], None]] = list(g.asides)
    if readings:
        works.append(lambda: keys.put_readings(db.session(), readings))
    if seen is not None and response.status_code != 422:
        rule = request.url_rule.rule if request.url_rule else "no such address"
        said = f"{response.status_code} {request.method} {rule}"
        works.append(lambda: audit.refused(said, by=seen.actor))
    if works:
        with db.aside():
            for work in works:
                work()


def _close(_: BaseException | None) -> None:
    if "ending" in g:
        g.ending.close()


def form_token() -> str:
    return str(generate_csrf())


def receipts() -> Iterator[str]:
    yield from (text for _, text in session.pop("_flashes", []))
