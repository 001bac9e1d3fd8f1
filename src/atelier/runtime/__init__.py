"""The machinery that every feature stands on."""
