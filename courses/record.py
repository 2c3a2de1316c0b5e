"""What is done with courses, editions and hours, as the audit record says it."""

from lms.i18n import lazy

RECORD = {
    "edition made": lazy("Edition made"),
    "edition changed": lazy("Edition changed"),
    "edition part given": lazy("A part in an edition given"),
    "edition started": lazy("Edition begun"),
    "edition closed": lazy("Edition closed"),
    "edition archived": lazy("Edition put away"),
    "calendar accepted": lazy("Calendar accepted"),
    "session moved": lazy("Session moved"),
    "session added": lazy("Session added"),
    "session cancelled": lazy("Session cancelled"),
    "session not held": lazy("Session not held"),
    "trainee enrolled": lazy("Trainee enrolled"),
    "trainee left": lazy("Trainee left"),
    "course imported": lazy("Course imported"),
    "course published": lazy("Course published"),
    "course retired": lazy("Course retired"),
    "quiz begun": lazy("Quiz begun"),
    "quiz saved": lazy("Quiz saved"),
    "quiz handed in": lazy("Quiz handed in"),
    "attempt allowed": lazy("One more attempt allowed"),
    "stamped in": lazy("Stamp in"),
    "stamped out": lazy("Stamp out"),
    "page opened": lazy("Page opened"),
    "page signed": lazy("Page signed"),
    "page countersigned": lazy("Page countersigned"),
    "page certified": lazy("Hours of a page certified"),
    "trainee certified": lazy("Trainee certified"),
    "certificate issued": lazy("Certificate issued"),
}
