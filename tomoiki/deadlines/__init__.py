"""Legal days: what happened, the rules that count from it, the days that follow."""
