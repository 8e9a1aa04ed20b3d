"""The central office: account of what all regions released, figures, maps, and releases that can be cited.

Imports results for what has arrived, evaluation for what regions decided, web for its pages. Of the
rooms with pages only reports imports it.
"""
