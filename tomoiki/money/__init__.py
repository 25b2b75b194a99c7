"""Funds, donors and donations."""
