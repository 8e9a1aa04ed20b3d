"""What the platform's claims about speed rest on: ours beside its yardstick, in the same run."""
