from courses import bundles, proofs
from courses.bundles import BundleState


def test_smoke(make, tmp_path):
    row = make.bundle()
    assert row.state == BundleState.READY, (row.state, row.done, row.pieces)
    content = b"".join(bundles.take(row, by=make.actor(make.person("manager"))))
    path = tmp_path / "b.zip"
    path.write_bytes(content)
    found = proofs.prove(path)
    assert found.faults == []
    print(found)
