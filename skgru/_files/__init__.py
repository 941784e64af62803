"""What a file that holds an estimator is, and how it is written and checked.

docs/file_format.md describes the format.
"""
