"""Facts that come with the platform: the Convention, its States, help lines that answer across borders."""
