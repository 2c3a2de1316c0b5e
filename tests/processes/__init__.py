"""Tests of several processes: servers, workers, and their sudden ends."""
