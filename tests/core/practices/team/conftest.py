"""The team's pages of practices."""

from tests.core.team_of_a_file import ana, bea, cleo, client, paris, rita

__all__ = ["ana", "bea", "cleo", "client", "paris", "rita"]
