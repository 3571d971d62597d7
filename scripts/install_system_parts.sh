#!/usr/bin/env bash
# Install what the report, its tests and those of the engines need of the system, on Debian and its heirs: Pango and
# HarfBuzz for the PDF, Chromium for the checks of pages, poppler-utils to look at a PDF, PostgreSQL, a Java for Apache
# Spark. Fonts are in the package. Asks for nothing when all of it is there.
set -euo pipefail
packages=(chromium libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 poppler-utils postgresql)
# Any Java does, from 17 on.
command -v java >/dev/null || packages+=(default-jre-headless)
missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
echo "Installing ${missing[*]}"
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update --quiet --quiet
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}"
