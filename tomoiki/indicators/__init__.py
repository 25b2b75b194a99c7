"""The office's numbers, one function each, by the exact definitions of DOMAIN 8.

They count for the whole office, secret cases included; what a viewer may see behind them is the lists' own matter.
"""
