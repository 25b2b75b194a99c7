"""The vocabulary all rooms speak: fields, texts, dates, money, database, history, permission."""
