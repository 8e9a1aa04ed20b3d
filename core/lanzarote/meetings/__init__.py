"""Meetings: announced, invited to, held, told in minutes that a later one approves; what a group is asked to do."""
