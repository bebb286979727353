"""The same answers by a SAT solver: for models whose circuit does not fit its budget, and as the tests' oracle."""
