"""The team's pages of the directory."""

from tests.core.team_of_a_file import ana, bea, cleo, client, paris, rita

__all__ = ["ana", "bea", "cleo", "client", "paris", "rita"]
