"""Reads of planning, each with a constant number of queries."""
