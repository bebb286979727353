"""Knowledge compilation: a network becomes a circuit on which every question is one or two passes."""
