"""Companies, schools and other bodies the office deals with."""
