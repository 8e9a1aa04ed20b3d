"""The kit for those who write region packages, behind `lanzarote region …`."""
