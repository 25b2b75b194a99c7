"""Study sessions, employer seminars, and who comes to them."""
