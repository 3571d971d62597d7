"""An attack on what is published: recover suppressed counts from the published files.

``attack.attack`` is the entry point. ``knowledge`` is what everybody knows of the figures: which column shows which
cell, and what adds up to what. ``published`` reads the files, ``system`` makes cells and equations of them, ``bounds``
propagates bounds, ``components`` splits the system, ``solver`` runs the programmes, ``attack_result`` compares with
``protection_level``,
``attack_report`` prints the result.

``private`` alone reads the private warehouse: in which territories two years agree, so that the attack takes for true
only what is, and what a supplier knows of itself, for ``suppliers``. Nothing here reads the code that protects: it is
the other side.
"""
