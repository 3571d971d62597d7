"""Synthetic landing folders: what suppliers send, in the shapes in which they send it.

`sample` writes the embedded sample again as files of twelve PLIE, eight structures and the network head, four of them
bad. A year of the whole network is the work of `plie_warehouse.simulator`.
"""
