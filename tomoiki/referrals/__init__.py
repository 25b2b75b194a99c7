"""Experts and groups outside, and what is handed to them."""
