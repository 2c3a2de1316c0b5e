"""What the tables of mentoring hold about people."""

from lms.manifest import PersonalData

PERSONAL_DATA: PersonalData = {}
