"""Several people at once: each on a connection of her own, all starting together."""

import threading
from contextvars import Context

from lms import db

PATIENCE = 60


def race(*works):
    """What each of these gave, or the exception that it ended with, in their order."""
    db.session.commit()  # the test's own transaction would keep everybody waiting
    results: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(number, work):
        start.wait(PATIENCE)
        try:
            results[number] = work()
        except Exception as error:
            results[number] = error

    threads = [
        threading.Thread(target=Context().run, args=(run, n, w)) for n, w in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "it waits for ever"
    db.session.expire_all()
    return results


def unit(work, *args, **facts):
    """The work as a transaction of its own, for race()."""

    def run():
        with db.unit():
            return work(*args, **facts)

    return run
