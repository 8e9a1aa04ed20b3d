"""Running an instance: serving it, backups, doctor, and what the commands of the command line report."""
