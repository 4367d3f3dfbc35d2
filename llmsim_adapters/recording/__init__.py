"""What follows from numbers, kept as a program: code runs once on numbers that remember, and is not needed again."""
