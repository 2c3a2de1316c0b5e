"""Supervised casework: from a referral to an approved plan."""
