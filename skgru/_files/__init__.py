"""Write and check the files that hold estimators.

docs/file_format.md describes the format.
"""
