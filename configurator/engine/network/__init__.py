"""The finite-domain constraint network of a model: what both engines, circuit and SAT, reason about."""
