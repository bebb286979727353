"""The only room with sockets: the gateway to the controllers, and the simulated controller they are tested against."""
