"""The web layer shared by all rooms: site, layout, components, cache, errors."""
