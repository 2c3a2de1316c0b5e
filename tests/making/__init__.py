"""Rows of each package's topics, for the tests. One module per topic; imported here."""
