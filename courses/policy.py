"""Who may do what in courses."""
