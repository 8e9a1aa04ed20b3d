"""Taking up elsewhere what works in one place: mapping, open points, what had to change; traceable both ways."""
