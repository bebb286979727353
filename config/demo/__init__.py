"""The demonstration: a whole factory on one machine, from the customer's click to the built unit."""
