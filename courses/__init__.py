"""The 105 hours: curriculum, calendar, attendance, assessments, certification.

Knows nothing of supervision or cases.
"""
