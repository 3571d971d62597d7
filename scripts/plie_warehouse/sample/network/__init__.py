"""The synthetic registers and survey of the network head, typed by hand: houses of employment, members, what they
cover, intermediate bodies, seats of the board, and the answers of a few PLIE. Small enough to be counted on a sheet of
paper, with rows on both sides of each boundary; every name is invented. The register of the PLIE is the embedded one:
the sample delivers none.
"""
