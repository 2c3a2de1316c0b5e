"""Pages of the register, the whole of it and the grid of an edition, as PDF."""

from flask import Blueprint, Response, request

from courses import (
    certification_policy,
    registers,
)
from lms.guard import allow, me

bp = Blueprint("registers", __name__)


def sent(made, name, kind="application/pdf"):
    """A file that a person takes along; its name says nothing about anybody."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, content_type=kind, headers=headers)


@bp.get("/sessions/<uuid:session>/page.pdf")
@allow(certification_policy.TAKE_PAGE, "session")
def page(session):
    made = registers.print_page(session, by=me())
    return sent(made, f"registro_pagina-{session.page}.pdf")


@bp.get("/editions/<uuid:edition>/register.pdf")
@allow(certification_policy.PRINT_REGISTER, "edition")
def whole(edition):
    return sent(registers.print_register(edition, by=me()), "registro_edizione.pdf")


@bp.get("/editions/<uuid:edition>/grid.pdf")
@allow(certification_policy.PRINT_REGISTER, "edition")
def grid(edition):
    made = registers.print_grid(edition, blank="blank" in request.args, by=me())
    return sent(made, "griglia_ore.pdf")
