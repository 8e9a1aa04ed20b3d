"""The platform's texts in other languages than English."""
