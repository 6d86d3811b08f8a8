"""A small “sister portal”: what a copy holds, as pages for people. For demonstrations."""
