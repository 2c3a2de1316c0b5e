"""What casework hands to the application."""

from casework import policy
from casework.personal_data import PERSONAL_DATA
from lms.manifest import Manifest

CASEWORK = Manifest(
    name="casework",
    views=(),
    policy=policy,
    navigation=(),
    today=(),
    personal_data=PERSONAL_DATA,
)
