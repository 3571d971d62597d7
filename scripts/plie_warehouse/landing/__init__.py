"""Synthetic landing folders: what suppliers send, in the shapes in which they send it.

`sample` writes the embedded sample again as files of twelve suppliers, three of them bad; `national` draws a year of
the whole network, to measure the intake.
"""
