"""What the tables of courses hold about people."""

from lms.manifest import PersonalData

PERSONAL_DATA: PersonalData = {}
