"""Handlers with one classic mistake each; WRONG marks it. handlers.toml says what finds it."""
