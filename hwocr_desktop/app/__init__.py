"""What the program does, for the window and the command line alike; QtCore at most."""
