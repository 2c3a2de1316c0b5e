"""What courses hands to the application."""

from courses import policy
from courses.personal_data import PERSONAL_DATA
from lms.manifest import Manifest

COURSES = Manifest(
    name="courses",
    views=(),
    policy=policy,
    navigation=(),
    today=(),
    personal_data=PERSONAL_DATA,
)
