"""Tests in a real browser, on the demo as it is served."""
