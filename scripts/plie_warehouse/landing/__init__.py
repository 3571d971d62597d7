"""Deliveries as suppliers send them: files, header lines, and the formats of a whole delivery.

A year of the whole network is the work of `plie_warehouse.simulator`.
"""
