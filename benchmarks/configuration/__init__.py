"""The configuration engine measured against complete SAT propagation and against an open configurator."""
