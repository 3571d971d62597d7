"""The synthetic sample: fictitious deliveries of a dozen PLIE for 2020 and 2021.

Nobody in it exists. `population` draws ordinary, clean deliveries; `spellings` writes them down the way each
supplier would; `edge_cases` and `golden` are rows typed by hand; `build` puts them together.
"""
