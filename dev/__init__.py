"""Tools for those who work on Atelier; nothing here is shipped."""
