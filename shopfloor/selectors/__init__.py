"""The shop floor's reads for pages, API and gateway, each with a constant number of queries."""
