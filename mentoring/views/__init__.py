"""Pages of mentoring: one module and one blueprint per topic."""
