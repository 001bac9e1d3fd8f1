"""Pure Python that every layer may use: errors, ids, time, money, text. No input or output, no framework."""
