"""What the tables of casework hold about people."""

from lms.manifest import PersonalData

PERSONAL_DATA: PersonalData = {}
