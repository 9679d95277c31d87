"""What a letter is: its kinds, its number, its dates, its words. No clock, file or network."""
