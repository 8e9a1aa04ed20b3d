"""Files that a team hands in: practices and the directory, read by packages, written by the platform."""
