"""What runs in the limited process: the only code that ever decodes an image. It imports nothing of the application."""
