"""Meetings: planned, announced, held, told in minutes that a later one approves; the mandate that they adopt.

It may import improvements, stakeholders, kinds and what is below them.
"""
