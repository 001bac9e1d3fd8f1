"""The engine that needs nothing but this machine: `decoder.LocalDecoder` and `engine.LocalEngine`.

Nothing is imported here, so that the child starts without the application.
"""
