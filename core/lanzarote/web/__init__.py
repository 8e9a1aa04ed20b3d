"""The web layer shared by all rooms: site, layout, components, cache, errors.

Every room with pages imports it. It reads records, the directory and the facts, and knows neither accounts nor kinds;
what a room above adds to its pages comes through ``Site.pieces``.
"""
