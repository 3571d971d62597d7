"""The registers of the head of the network, as they stand at the end of a year: PLIE, structures of the clause with
their facilitators, maisons de l'emploi, members with what they cover, intermediate bodies, seats of the board.

One history, of which a year's file shows what is known then. Names and dates are invented, save the names of the PLIE
that are printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from plie_warehouse.contract import read_seed
from plie_warehouse.simulator.quotas import counts_of, deal, share_between, share_out
from plie_warehouse.simulator.simulated_clause import ClauseTargets, Structures
from plie_warehouse.simulator.simulated_plie import generator
from plie_warehouse.simulator.targets import load_targets
from plie_warehouse.simulator.writing import days_since

FIRST_YEAR = 2005  # members join from here on


class Network:
    """The history of the registers. ``plie``: one row per PLIE, those that deliver first."""

    def __init__(self, structures: Structures, seed: int) -> None:
        self.targets = load_targets("network")
        self.structures, self.seed = structures, seed
        self.regions = {row["department_code"]: row["region_code"] for row in read_seed("departments")}
        self.plie = self._plie()
        self._region = {
            code: self.regions.get(department, "")
            for code, department in self.plie[["plie_code", "department_code"]].itertuples(index=False)
        }
        self.clause_structures = self._clause_structures(structures.targets)
        self.members, self.covered, self.mde = self._members()
        self.intermediate_bodies = self._intermediate_bodies()
        self.members["is_employer_member"] = self._employer_members()
        self.board_seats = self._board_seats()

    @property
    def delivering(self) -> list[str]:
        """The codes of the PLIE that deliver."""
        return self.plie.loc[self.plie["delivers"], "plie_code"].tolist()

    def region_of(self, plie_code: str) -> str:
        """The region of a PLIE; empty where the register gives no department."""
        return self._region[plie_code]

    def _plie(self) -> pd.DataFrame:
        """126 by their names, two that deliver without one, those that exist and do not deliver, those that closed."""
        spec, rng = self.targets["plie"], generator(self.seed, "register")
        named = [
            (row["plie_code"], row["name"], row["town"], row["department_code"]) for row in read_seed("plie_register")
        ]
        silent = spec["existing"] - len(named) - spec["unnamed"]
        closed = _day(spec["closed"]["until"])
        departments = rng.permutation(sorted({department for *_, department in named}))
        others = [("participant non nommé dans la liste imprimée", 0)] * spec["unnamed"]
        others += [("simulé, hors consolidation", 0)] * silent + [("simulé, fermé", closed)] * spec["closed"]["count"]
        rows = [(*one, True, 0) for one in named]
        for number, (name, closed_on) in enumerate(others):
            department = departments[number % len(departments)]
            code = f"{department}-9{number // len(departments)}"
            delivers = number < spec["unnamed"]
            rows.append((code, f"PLIE {name} ({number + 1})", "", "" if delivers else department, delivers, closed_on))
        names = ["plie_code", "name", "town", "department_code", "delivers", "closed_on"]
        frame = pd.DataFrame(rows, columns=names)
        first, last = spec["opened"]
        frame["opened_on"] = rng.integers(days_since(first, 1, 1), days_since(last, 12, 31), len(frame))
        year = spec["closing"]["year"]
        may = np.flatnonzero(~frame["delivers"] & (frame["closed_on"] == 0))
        closing = rng.choice(may, spec["closing"]["count"], replace=False)
        frame.loc[closing, "closed_on"] = rng.integers(days_since(year, 2, 1), days_since(year, 12, 1), len(closing))
        return frame

    def _clause_structures(self, targets: ClauseTargets) -> pd.DataFrame:
        """Each opened in the year from which it delivers, or before when all did; then those that closed since."""
        codes, rng = self.structures.codes, generator(self.seed, "clause register")
        years = np.arange(1996, targets.last_year + 1)
        counts = np.array([targets.structures(int(year)) for year in years])
        since = years[np.searchsorted(counts, np.arange(len(codes)), side="right")].tolist()
        days = rng.integers(0, 365, len(codes)).tolist()
        structures = pd.DataFrame({
            "structure_code": codes,
            "name": [f"Structure simulée de la clause {code}" for code in codes],
            "structure_kind": deal(counts_of(len(codes), self.targets["structure_kinds"]), len(codes), rng),
            "department_code": [code.split("-")[1] for code in codes],
            "opened_on": [days_since(year - 1, 1, 1) + day for year, day in zip(since, days, strict=True)],
            "closed_on": 0,
        })  # fmt: skip
        return pd.concat([structures, self._closed_clause_structures()], ignore_index=True)

    def _closed_clause_structures(self) -> pd.DataFrame:
        """Structures of one year, closed in its course."""
        year, count = (self.targets["closed_clause_structures"][name] for name in ("year", "count"))
        codes = [f"CL-{department}-90" for department in sorted(set(self.plie["department_code"]) - {""})[:count]]
        return pd.DataFrame({
            "structure_code": codes,
            "name": [f"Structure simulée de la clause {code}, fermée" for code in codes],
            "structure_kind": "association",
            "department_code": [code.split("-")[1] for code in codes],
            "opened_on": days_since(year, 1, 4),
            "closed_on": days_since(year, 11, 30),
        })  # fmt: skip

    def facilitators(self, year: int) -> pd.DataFrame:
        """Persons and ETP of the structures of a year; the larger the structure, the more of both."""
        spec, targets = self.structures.targets.data["facilitators"], self.structures.targets
        count, rng = targets.structures(year), generator(self.seed, "facilitators")
        part = count / len(self.structures.codes)
        size = np.sqrt(self.structures.size[:count])
        head = share_between(round(spec["headcount"] * part), size, 1, 12)
        fte = share_between(round(spec["fte"] * 100 * part), head * rng.beta(6, 3, count), 15, head * 100)
        declared = pd.DataFrame({
            "reporting_year": str(year), "structure_code": self.structures.codes[:count], "headcount": head.astype(str),
            "fte": fte,
        })  # fmt: skip
        if year != self.targets["closed_clause_structures"]["year"]:
            return declared
        closed = self._closed_clause_structures()[["structure_code"]].assign(
            reporting_year=str(year), headcount="1", fte=80
        )
        return pd.concat([declared, closed], ignore_index=True)

    def _members(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Members, the structures that each covers, and the maisons de l'emploi."""
        rng, year = generator(self.seed, "members"), self.targets["last_year"]
        rows = []
        for spec in self.targets["members"]:
            stay = spec["count"] - spec["arrivals"]
            for kind, count in (("stay", stay), ("arrive", spec["arrivals"]), ("leave", spec["departures"])):
                rows += [(spec["membership"], spec["type"], kind)] * count
        frame = pd.DataFrame(rows, columns=["membership", "member_type", "kind"])
        early = days_since(self.targets["clause_members"]["by"].year, 12, 31)
        joined = rng.integers(days_since(FIRST_YEAR, 1, 1), early, len(frame))
        clause = np.flatnonzero((frame["membership"] == "clause") & (frame["kind"] != "arrive"))
        later = rng.choice(clause, len(clause) - self.targets["clause_members"]["count"], replace=False)
        joined[later] = rng.integers(early + 1, days_since(year - 1, 12, 1), len(later))
        arrive = np.flatnonzero(frame["kind"] == "arrive")
        joined[arrive] = rng.integers(days_since(year, 1, 1), days_since(year, 12, 1), len(arrive))
        leave = (frame["kind"] == "leave").to_numpy()
        frame["joined_on"] = joined
        frame["left_on"] = np.where(leave, rng.integers(days_since(year, 2, 1), days_since(year, 12, 1), len(frame)), 0)

        plie_of = self._plie_of(frame, rng)
        covered = [(member, "plie", code) for member, code in plie_of.items()]
        mde = self._mde(frame, plie_of, covered, rng)
        region = {code: self.region_of(code) for code in plie_of.values()}
        every = sorted(set(self.regions.values()))
        home = {member: region[code] for member, code in plie_of.items()}
        frame["region_code"] = [home.get(member) or str(rng.choice(every)) for member in frame.index]
        frame["member_code"] = [f"AD-{member + 1:03d}" for member in frame.index]
        frame["name"] = [f"Adhérent simulé {member + 1}" for member in frame.index]
        bridge = pd.DataFrame(covered, columns=["member", "structure_kind", "structure_code"])
        bridge["member_code"] = frame["member_code"].to_numpy()[bridge["member"]]
        return frame, bridge, mde

    def _plie_of(self, members: pd.DataFrame, rng: np.random.Generator) -> dict[int, str]:
        """The PLIE of each member that has one, among those that deliver; those with both in the regions printed."""
        left = {code: self.region_of(code) for code in rng.permutation(self.delivering).tolist()}
        # One of each region first, so that each has members that stay.
        turn = pd.Series(left).groupby(left).cumcount()
        left = {code: left[code] for code in turn.sort_values(kind="stable").index}
        found: dict[int, str] = {}
        both = members.index[members["member_type"] == "plie_mde"].tolist()
        wanted = self.targets["plie_mde_regions"]
        regions = [region for region, count in wanted.items() for _ in range(count)]
        for number, member in enumerate(both):
            # Those that left are the last of the list, and from elsewhere.
            region = regions[number] if number < len(regions) else None
            code = next(code for code, own in left.items() if (own == region if region else own not in wanted))
            found[member] = code
            del left[code]
        for member in members.index[members["member_type"] == "plie"]:
            code = next(iter(left))
            found[member] = code
            del left[code]
        return found

    def _mde(
        self, members: pd.DataFrame, plie_of: dict[int, str], covered: list, rng: np.random.Generator
    ) -> pd.DataFrame:
        """The maisons de l'emploi: those of members, added to ``covered``, those of nobody, those that closed."""
        spec, year = self.targets["mde"], self.targets["last_year"]
        departments = sorted(set(self.regions) - {"2A", "2B"})
        rows: list[tuple[str, int]] = []  # department, closing day
        twice = spec["covered_twice"]
        for member, kind, state in members[["member_type", "kind"]].itertuples():
            if kind not in ("mde", "plie_mde"):
                continue
            home = plie_of[member].split("-")[0] if member in plie_of else str(rng.choice(departments))
            count = 2 if kind == "mde" and state == "stay" and twice > 0 else 1
            twice -= count - 1
            for _ in range(count):
                closed = int(members.at[member, "left_on"]) if kind == "mde" and state == "leave" else 0
                covered.append((member, "mde", len(rows)))
                rows.append((home, closed))
        still = sum(closed == 0 for _, closed in rows)
        rows += [(str(rng.choice(departments)), 0) for _ in range(spec["existing"] - still)]
        rows += [(str(rng.choice(departments)), days_since(year - 4, 6, 30))] * spec["closed_before"]
        frame = pd.DataFrame(rows, columns=["department_code", "closed_on"])
        turn = frame.groupby("department_code").cumcount() + 1
        frame["mde_code"] = [
            f"MDE-{code}-{number:02d}" for code, number in zip(frame["department_code"], turn, strict=True)
        ]
        frame["name"] = [f"Maison de l'emploi simulée {code}" for code in frame["mde_code"]]
        first, last = spec["opened"]
        frame["opened_on"] = rng.integers(days_since(first, 1, 1), days_since(last, 12, 31), len(frame))
        codes = frame["mde_code"].tolist()
        covered[:] = [(member, kind, codes[code] if kind == "mde" else code) for member, kind, code in covered]
        return frame

    def _intermediate_bodies(self) -> pd.DataFrame:
        """Which PLIE, neighbours of each other, share an intermediate body."""
        spec, rng = self.targets["intermediate_bodies"], generator(self.seed, "bodies")
        chosen = np.sort(rng.choice(len(self.delivering), spec["plie"], replace=False))
        sizes = share_out(spec["plie"], np.ones(spec["count"]))
        body = np.repeat(np.arange(spec["count"]), sizes)
        codes = sorted(np.array(self.delivering)[chosen].tolist())
        return pd.DataFrame({"oi_code": [f"OI-{one + 1:02d}" for one in body], "plie_code": codes})

    def _employer_members(self) -> np.ndarray:
        """Which members are up to date with the employers' association, 1 and 0."""
        rng = generator(self.seed, "employers")
        may = np.flatnonzero(self.members["kind"] != "leave")
        chosen = rng.choice(may, self.targets["employer_members"], replace=False)
        return np.isin(np.arange(len(self.members)), chosen).astype(int)

    def _board_seats(self) -> pd.DataFrame:
        """The seats of the board, the last of them of qualified persons; nobody sits there by name."""
        spec, rng = self.targets["board"], generator(self.seed, "board")
        may = self.members[(self.members["membership"] == "pleine") & (self.members["kind"] == "stay")]
        of_region = {region: may.loc[may["region_code"] == region, "member_code"] for region in spec["regions"]}
        chosen = [
            np.sort(rng.choice(of_region[region].to_numpy(str), count, replace=False))
            for region, count in spec["regions"].items()
        ]
        members = np.concatenate(chosen)
        bureau = rng.choice(len(members), spec["bureau"], replace=False)
        seats = len(members) + spec["qualified"]
        return pd.DataFrame({
            "seat_no": [f"CA-{number + 1:02d}" for number in range(seats)],
            "member_code": [*members.tolist(), *[""] * spec["qualified"]],
            "is_bureau": np.isin(np.arange(seats), bureau).astype(int),
        })  # fmt: skip

    def of(self, year: int) -> dict[str, pd.DataFrame]:
        """The files of a year: what had opened or joined by its end, and what had closed or left."""
        last = days_since(year, 12, 31)
        members = _known(self.members, "joined_on", "left_on", last)
        bridge = self.covered[self.covered["member_code"].isin(members["member_code"])]
        seats = self.board_seats[self.board_seats["member_code"].isin(["", *members["member_code"]])]
        tables = {
            "plie_register": self._placed(_known(self.plie, "opened_on", "closed_on", last)),
            "clause_structures": _known(self.clause_structures, "opened_on", "closed_on", last),
            "mde_register": self._placed(_known(self.mde, "opened_on", "closed_on", last).assign(town="")),
            "members": members,
            "member_structures": bridge,
            "intermediate_bodies": self.intermediate_bodies,
            "board_seats": seats,
            "facilitators": self.facilitators(year),
        }
        tables |= self._about_results(year)
        return {name: frame for name, frame in tables.items() if len(frame)}

    def _placed(self, register: pd.DataFrame) -> pd.DataFrame:
        """A register with invented coordinates in the department of each seat, to the hundredth of a degree; none
        where the department is not known."""
        boxes, rng = self.targets["places"], generator(self.seed, "places")
        draws = rng.random((len(register), 2))
        found = {"latitude": [], "longitude": []}
        for department, draw in zip(register["department_code"], draws, strict=True):
            box = boxes.get(department)
            for name, part in zip(found, draw, strict=True):
                low, high = box[name] if box else (-0.01, -0.01)
                found[name].append(round(100 * (low + part * (high - low))))
        return register.assign(**found)

    def _about_results(self, year: int) -> dict[str, pd.DataFrame]:
        """The intermediate bodies by name, results of earlier years, and an objective of each PLIE that delivers."""
        results, target = self.targets["historical_results"], self.targets["targets"]
        first = self.intermediate_bodies.drop_duplicates("oi_code")
        results = [one for one in results if one["year"] < year]
        return {
            "intermediate_body_register": pd.DataFrame({
                "oi_code": first["oi_code"],
                "name": [f"Organisme intermédiaire simulé {code}" for code in first["oi_code"]],
                "region_code": [self.region_of(code) for code in first["plie_code"]],
            }),
            "historical_results": pd.DataFrame({
                "reporting_year": [str(one["year"]) for one in results],
                "indicator_code": [one["indicator"] for one in results],
                "cut": "total",
                "cut_value": "total",
                "value": [round(one["value"] * 100) for one in results],
                "numerator": -1,
                "denominator": -1,
                "source": [one["source"] for one in results],
            }),
            "targets": pd.DataFrame({
                "plie_code": self.delivering,
                "indicator_code": target["indicator"],
                "from_year": str(target["from"]),
                "to_year": str(target["to"]),
                "target_value": round(target["value"] * 100),
            }),
        }  # fmt: skip


def _known(frame: pd.DataFrame, begins: str, ends: str, day: int) -> pd.DataFrame:
    """The rows that had begun by ``day``, with their end when it had come."""
    known = frame[frame[begins] <= day]
    return known.assign(**{ends: known[ends].where(known[ends] <= day, 0)})


def _day(day: object) -> int:
    return days_since(day.year, day.month, day.day)


def network_years(plie_years: Sequence[int], clause_years: Iterable[int]) -> list[int]:
    """The years of the registers that go with some years of deliveries; those of the members are of the year after."""
    last = load_targets("network")["last_year"]
    years = {*plie_years, *clause_years}
    return sorted(years | ({last} if last - 1 in years else set()))
