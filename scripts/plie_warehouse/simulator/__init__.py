"""A whole network, simulated: what its suppliers would deliver if their consolidation gave the printed figures.

The printed figures are data (`targets/`); `quotas` turns them into exact whole numbers of rows, shared out over the
suppliers; `population` and `delivery` draw the PLIE, `clause` the structures, `network` and `survey` the head of the
network; `writing` puts it all into the files of a landing folder. Nothing here reads the models: the two may only
agree because both follow the same definitions.
"""
