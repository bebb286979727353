"""The verbs of planning: keyword-only, clock and actor as arguments."""
