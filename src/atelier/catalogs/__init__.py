"""The businesses: one TOML file each."""
