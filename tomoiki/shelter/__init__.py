"""Where people stay: houses, beds, and who is in them from when to when."""
