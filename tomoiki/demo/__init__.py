"""Made-up data of three fiscal years, to try every screen before the office's own records are in."""
