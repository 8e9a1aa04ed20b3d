"""Results leave a region as signed batches of its change log, and arrive at an office that trusts nothing but them.

Imports web, kinds and the rooms whose records are released: practices, procedures, stakeholders.
"""
