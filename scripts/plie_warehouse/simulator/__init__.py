"""A whole network, simulated: what its suppliers would deliver if their consolidation gave the printed figures.

The printed figures are data (`targets/`); `quotas` turns them into exact whole numbers of rows, shared out over the
suppliers; `population` and `delivery` draw the PLIE, `clause` the structures, `network` and `survey` the head of the
network; `writing` puts it all into the files of a landing folder. Nothing here reads the models: the two may only
agree because both follow the same definitions.
"""

DEFAULT_SEED = 2021
PLIE_YEAR, CLAUSE_YEAR = 2021, 2020
FIRST_YEAR = 2000  # every PLIE of the register had opened by then
