"""Benchmarks measure; each prints its figures beside their limit and fails above it."""
