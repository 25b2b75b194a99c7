"""Cases: the matter, who works on it, and what was done about it."""
