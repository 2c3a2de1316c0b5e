"""The ground and the roof: application, people, permissions, keys, chains, jobs, documents.

Knows nothing of lessons or cases; only `lms.app`, `lms.cli` and `lms.demo` know every package.
"""
