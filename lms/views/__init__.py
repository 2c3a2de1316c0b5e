"""Pages of lms: one module and one blueprint per topic."""
