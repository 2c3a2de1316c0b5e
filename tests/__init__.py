"""What must hold: rules, pages, permissions, and what is true of every page and table."""
