"""Readers and writers between files and planning's values."""
