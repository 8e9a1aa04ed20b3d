"""The kit for those who write region packages, behind `lanzarote region …`.

It may import every room but `testing`, `cli` and `commands`.
"""
