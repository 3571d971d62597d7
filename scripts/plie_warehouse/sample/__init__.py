"""The synthetic sample: fictitious deliveries for 2020 and 2021 of a dozen PLIE and of the structures of the social
clause (in `clause`).

Nobody in it exists. `population` draws ordinary, clean deliveries; `spellings` writes them down the way each
supplier would; `edge_cases` and `golden` are rows typed by hand; `build` puts them together. The package `clause` has
modules of the same names, and a random stream of its own: neither part moves when the other changes.
"""
