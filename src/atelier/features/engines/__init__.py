"""What does the picture work: the engines, what they can do and how they fail."""
