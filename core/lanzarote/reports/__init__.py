"""Reports of the central office: for the plenary, the Lanzarote Committee and the European Day, as pages and PDF.

It may import office and what is below it.
"""
