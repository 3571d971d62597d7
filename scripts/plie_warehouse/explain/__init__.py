"""From a figure to the SQL of its rule.

``project`` reads the project's own files: rules, registry of measures, tags, tests. ``figure`` finds a figure by its
name and reads the figure and the rows behind it in the private warehouse. ``report`` lays both out for a reader.
``documents`` writes the pages of rules and indicators, with the page of ``glossary``. ``gate`` lists what keeps a rule
from leading to its SQL.
"""
