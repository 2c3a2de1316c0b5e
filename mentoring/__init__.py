"""Senior trainers beside trainees: who follows whom, reviews of what they write.

Knows nothing of cases: whoever owns the thing under review passes what is needed.
"""
