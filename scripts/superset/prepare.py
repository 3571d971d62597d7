"""Bring Superset's metadata to what the bundle says: tables, roles, the reader, the dashboard. Safe to run again.

Runs in Superset's own environment, in one process, since each of Superset's commands takes many seconds to start.
Usage: prepare.py BUNDLE.zip
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from zipfile import ZipFile

import superset
from flask import current_app
from flask_migrate import upgrade
from superset.app import create_app

ADMINISTRATOR, READER_ROLE, MODEL_ROLE = "import", "Lecteur", "Gamma"
# What the reader may, of what Superset gives its usual readers: look, filter, explore, download. Nothing that the
# server keeps and the next reader sees, but for the state of a page's filters, without which pages do not work.
LOOKING = {
    "can_csv", "can_dashboard", "can_dashboard_permalink", "can_drill", "can_explore", "can_explore_json",
    "can_fetch_datasource_metadata", "can_get", "can_get_drill_info", "can_language_pack", "can_list", "can_log",
    "can_read", "can_show", "can_slice", "can_time_range", "can_view_chart_as_table", "can_view_query",
}  # fmt: skip
PAGE_STATE = {
    "DashboardFilterStateRestApi", "DashboardPermalinkRestApi", "ExploreFormDataRestApi", "ExplorePermalinkRestApi",
}  # fmt: skip
MENUS = {"Home", "Dashboards", "Charts"}


def tell(step: str) -> None:
    """One line to whoever started this."""
    print(f"> {step}", flush=True)


def may(action: str, what: str) -> bool:
    """Whether the reader may do this."""
    return (
        action in LOOKING
        or (action == "can_write" and what in PAGE_STATE)
        or (action == "menu_access" and what in MENUS)
    )


def user(name: str, role: str):
    """The user of that name, made if need be, with that role alone. Its password is known to nobody."""
    manager = current_app.appbuilder.sm
    wanted = manager.find_role(role)
    found = manager.find_user(username=name)
    if found is None:
        found = manager.add_user(name, "", "", f"{name}@localhost", wanted, secrets.token_urlsafe(32))
    # The dashboard shows it as its author.
    found.first_name, found.last_name, found.roles = "Entrepôt", "PLIE", [wanted]
    manager.update_user(found)
    return found


def main(bundle: Path) -> None:
    """Migrate, make the roles and the two users, import the bundle over what is there."""
    app = create_app()
    with app.app_context():
        from superset import db, security_manager
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.commands.importers.v1.utils import get_contents_from_bundle
        from superset.models.core import Database
        from superset.utils.core import override_user

        tell("tables de Superset")
        upgrade(directory=str(Path(superset.__file__).with_name("migrations")))
        tell("rôles")
        app.appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        administrator = user(ADMINISTRATOR, "Admin")

        tell("tableau de bord")
        with ZipFile(bundle) as archive:
            contents = get_contents_from_bundle(archive)
        with override_user(administrator):
            # The importer of whole instances, because that of dashboards keeps the charts and datasets it finds.
            ImportAssetsCommand(contents).run()

        tell("lecteur")
        role = security_manager.add_role(READER_ROLE)
        role.permissions = [
            permission
            for permission in security_manager.find_role(MODEL_ROLE).permissions
            if may(permission.permission.name, permission.view_menu.name)
        ]
        for database in db.session.query(Database):
            role.permissions.append(security_manager.add_permission_view_menu("database_access", database.perm))
        db.session.commit()
        user("lecteur", READER_ROLE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
