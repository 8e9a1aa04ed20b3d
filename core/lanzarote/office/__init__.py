"""The central office: account of what all regions released, figures, maps, and releases that can be cited."""
