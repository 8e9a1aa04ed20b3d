"""What comes in and goes out whole: a region from its package, a region's file, the list of what was erased."""
