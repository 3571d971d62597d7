"""Superset for one reader on one machine: it listens on the loopback only, nobody logs in, and what it reads it cannot
change. The folder of its metadata and its secret are those that `make superset` made.
"""

import os
from pathlib import Path

from superset.security import SupersetSecurityManager

HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = (HOME / "secret_key").read_text(encoding="ascii")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}?check_same_thread=false"

# The reader's own pages call it by these names. Another name that leads to this machine is somebody else's page.
TRUSTED_HOSTS = ["127.0.0.1", "localhost"]

READER = "lecteur"


class LocalReader(SupersetSecurityManager):
    """Whoever reaches the loopback is the reader: no password, and no more rights than reading asks for."""

    def request_loader(self, request):
        """The reader, for a request without a session."""
        return self.find_user(username=READER)


CUSTOM_SECURITY_MANAGER = LocalReader

# Nothing leaves this machine: Superset's own list of allowed sites has maps, fonts and a counter of visits.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}

# What readers see is French, numbers included: a narrow space between thousands, a comma before decimals.
BABEL_DEFAULT_LOCALE = "fr"
LANGUAGES = {"fr": {"flag": "fr", "name": "Français"}}
D3_FORMAT = {"decimal": ",", "thousands": "\u202f", "grouping": [3], "percent": "\u202f%"}
APP_NAME = "PLIE et clause sociale"
LOGO_TARGET_PATH = "/superset/dashboard/resultats-nationaux/"
