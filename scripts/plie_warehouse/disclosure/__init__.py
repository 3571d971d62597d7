"""Disclosure control (D60): which published counts must be suppressed so that no small count can be read or worked out.

``cells``      the published figures as cells, and everything that a reader knows to add up
``problem``    the same without what the national rows already give away; equal cells as one
``rows``       sums of variables, as arrays: what all of these work on
``engine``     Tau-Argus, the engine of the European statistical offices: one run, one process
``intervals``  what a reader can still work out of suppressed cells, by linear programming
``protection`` who is suppressed: primary cells, engine, check of everything together, repair
``deciding``   the same year after year, with what the last release showed, and the cache
``step``       the model of dbt: figures in, suppressed figures out; decided in a process of its own
"""
