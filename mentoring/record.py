"""What senior trainers do, as the audit record says it."""

from lms.i18n import lazy

RECORD = {
    "senior assigned": lazy("A senior trainer put beside somebody"),
    "assignment ended": lazy("A senior trainer no longer beside somebody"),
    "review asked": lazy("Review asked"),
    "review withdrawn": lazy("Review taken back"),
    "review sent back": lazy("Review sent back"),
    "review approved": lazy("Review approved"),
    "comment made": lazy("Comment made"),
    "comment answered": lazy("Comment answered"),
    "comment settled": lazy("Comment settled"),
    "comment still open": lazy("Comment still open"),
}
