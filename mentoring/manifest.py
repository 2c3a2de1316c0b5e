"""What mentoring hands to the application."""

from lms.manifest import Manifest
from mentoring import policy
from mentoring.personal_data import PERSONAL_DATA

MENTORING = Manifest(
    name="mentoring",
    views=(),
    policy=policy,
    navigation=(),
    today=(),
    personal_data=PERSONAL_DATA,
)
