"""Time and memory of the parts that grow with the network: the clause models, the disclosure control, the intake."""
