"""Apache Superset over the published file: the dashboard's description, the server, and a check of both."""

# Ports of 127.0.0.1; the check has its own, because a user's Superset may be running.
PORT, CHECK_PORT = 8088, 8189
