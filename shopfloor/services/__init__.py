"""The shop floor's verbs: keyword-only, one transaction each, clock and actor as arguments."""
