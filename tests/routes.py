"""Write the list of addresses anew, to be read as a change: python -m tests.routes."""

from pathlib import Path

from lms import app as application
from lms import keys
from lms.settings import Settings

LIST = Path(__file__).with_name("routes.txt")


def text(app):
    return "\n".join(line.rstrip() for line in application.route_list(app)) + "\n"


if __name__ == "__main__":
    keys.bind(keys.Ring.new())
    LIST.write_text(text(application.create_app(Settings(mode="demo"), bind=False)))
