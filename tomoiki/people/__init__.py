"""The people the office supports, and their status of residence."""
