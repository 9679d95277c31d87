"""Tables made from the log alone, kept up behind it and made again at any time."""
