"""Findings, improvements, positions and decisions of a group; comments, amendments and actions beside improvements.

It may import practices, stakeholders, kinds and what is below them. Meetings, the evaluation of pilots and the team's
start page build on it.
"""
