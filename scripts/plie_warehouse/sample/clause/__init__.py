"""The synthetic deliveries of the social clause, and the two files of the network head that go with them.

CL-59-01  CL-59-02  drawn; the same department, companies in common
CL-13-01            drawn; codes of its own, translated by reference/code_maps.csv
CL-69-01            drawn; a buyer of the Ain, whose SIRET begins with zeros
CL-75-99            drawn; not in the register
CL-62-90            drawn, and every boundary and every fault typed by hand (`edge_cases`)
CL-33-01            typed by hand: its delivery for 2020 is refused, the one for 2021 is small and good
CL-36-01            the golden case, alone in its department and its region (`golden`)
CL-2A-01            in the register, with a facilitator, but delivers nothing
"""
