"""The demo as an operator makes it: whole, and its certified edition proves itself elsewhere."""

import shutil

import pytest
from sqlalchemy import select

from courses import bundles
from courses.bundles import Bundle, BundleState
from courses.editions import Edition, EditionState
from courses.enclosures import Enclosure
from lms import accounts, db
from tests.databases import memory_folder
from tests.demonstration import Demonstration, environment, lms, proved


@pytest.fixture
def filled():
    """A folder that `lms init` and `lms demo` have filled; nobody serves it."""
    folder = memory_folder()
    variables = environment(folder)
    try:
        lms("init", **variables)
        lms("demo", **variables)
        yield Demonstration(folder, "", None), variables
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_demo_holds_and_its_certified_edition_proves_itself_elsewhere(filled, tmp_path):
    demo, variables = filled
    said = lms("hours", "verify", **variables)
    assert said.splitlines()[-1] == "All holds."
    assert "edition RDO-1: 26 pages" in said
    assert lms("audit", "verify", **variables).splitlines()[-1] == "All holds."
    path = tmp_path / "bundle.zip"
    with demo.database(), db.unit():
        bundle = db.session.scalars(select(Bundle)).one()
        edition = db.session.get_one(Edition, bundle.edition_id)
        assert (edition.code, edition.state) == ("RDO-1", EditionState.CLOSED)
        assert bundle.state == BundleState.READY
        papers = db.session.query(Enclosure).filter_by(edition_id=edition.id).count()
        manager = accounts.by_mail("manager@demo.example")
        by = accounts.acting(manager, edition.programme_id, proven=True)
        path.write_bytes(b"".join(bundles.take(bundle, by=by)))
    assert papers > 20
    key = lms("hours", "key", **variables).strip()
    done = proved(path, "--key", key, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("edition RDO-1: ")
    assert done.stdout.splitlines()[-1] == "All holds."
    assert [p.name for p in tmp_path.iterdir()] == ["bundle.zip"]
