"""Apache Superset over the published file: the dashboard's description, the server, and a check of both."""
