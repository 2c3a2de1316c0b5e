"""Pages of courses: one module and one blueprint per topic."""
