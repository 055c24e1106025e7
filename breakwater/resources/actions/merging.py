"""Bringing the directory to what a package says, a table at a time, in sets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from breakwater.formats.hsds import Problem, Weight
from breakwater.resources.actions import dangling, fresh
from breakwater.resources.actions.kept_with import HOURS_FROM, HOURS_TOLD, PLACED
from breakwater.resources.library import BRANCHES, HIDING_NAMES, NEEDS
from breakwater.resources.rules import needs_of, says_any

_BATCH = 2000
_LISTED = ("organization", "place", "service", "serviceat")
_TOLD_AS = {"place": "location", "serviceat": "service_at", "taxonomyterm": "term"}
_CALLED = {"serviceat": "services at place", "taxonomyterm": "taxonomy term"}
STEPS = 11


@dataclass(kw_only=True)
class Count:
    """What became of the rows of one table."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether the table stays as it was."""
        return not (self.new or self.changed or self.retired)


@dataclass(frozen=True, kw_only=True)
class Merge:
    """One merging of a staged package into the directory.

    Args:
        tables_told: the tables of which the package tells everything, so that what it does not name is gone.
        details_told: the details that the package tells at all.
        spared: things whose rows were wrong and skipped: they stay as they were.
        step: is told the name of each step as it begins.
    """

    cursor: Any
    source: str
    at: datetime
    tables_told: frozenset[str]
    details_told: frozenset[str]
    spared: dict[str, list[str]]
    step: Callable[[str], None]

    def run(self) -> Iterator[Problem | tuple[str, Count]]:
        """Do it all; yields what became of each table, and every reference that leads nowhere."""
        self._do(_IN_SETS)
        self._do(fresh.KNOWN)
        self._do(fresh.PREPARE)
        self.step("sorting services by need")
        self._judge()
        for table, statement in fresh.LISTED.items():
            self.step(f"comparing {_CALLED.get(table, table)}s")
            self._do(statement)
            yield table, self._listed(table)
            self._know(table)
        self._do(fresh.KNOW["contact"])
        for table, statement in (
            ("phone", fresh.PHONES),
            ("hours", fresh.HOURS),
            ("holiday", fresh.HOLIDAYS),
        ):
            self.step(f"comparing {table}")
            self._do(statement)
            yield table, self._details(table)
        self.step("working out whose hours hold")
        self._do(HOURS_TOLD)
        self._do(HOURS_FROM)
        self._do(PLACED)
        yield "capacity", self._capacities()
        self.step("looking for references that lead nowhere")
        yield from self._dangling()
        self._do(_AS_USUAL)

    def _judge(self) -> None:
        """Work out the needs of every service, a batch at a time; and with them, which places are confidential."""
        with self.cursor.connection.cursor(name="to_judge") as reading:
            reading.execute(fresh.TO_JUDGE)
            while rows := reading.fetchmany(_BATCH):
                judged = [
                    (
                        id_,
                        needs_of(names, words, codes, NEEDS, BRANCHES),
                        says_any(" . ".join(names), HIDING_NAMES),
                    )
                    for id_, names, words, codes in rows
                ]
                with self.cursor.copy("COPY need FROM STDIN") as copy:
                    for row in judged:
                        copy.write_row(row)
        self._do("CREATE INDEX ON need (service_id); ANALYZE need")
        self._do(fresh.HIDDEN)

    def _listed(self, table: str) -> Count:
        """Retire what is gone, then update what changed, then add what is new."""
        self._do(f"CREATE INDEX ON fresh_{table} (external_id); ANALYZE fresh_{table}")
        columns = self._columns(table)
        found = Count()
        if _TOLD_AS.get(table, table) in self.tables_told:
            found.retired = self._do(
                f"UPDATE resources_{table} t SET retired_at = %(at)s WHERE source = %(source)s AND retired_at IS NULL"
                f" AND NOT EXISTS (SELECT FROM fresh_{table} f WHERE f.external_id = t.external_id)"
                " AND external_id <> ALL(%(spared)s)",
                spared=self.spared.get(_TOLD_AS.get(table, table), []),
            )
        found.changed = self._update(
            table, columns, also_if="t.retired_at IS NOT NULL OR ", also_set=", retired_at = NULL"
        )
        found.new = self._insert(table, columns)
        found.unchanged = self._rows(f"fresh_{table}") - found.changed - found.new
        return found

    def _details(self, table: str) -> Count:
        """Replace the details of whatever the package names; details are not retired but removed."""
        self._do(f"CREATE INDEX ON fresh_{table} (external_id); ANALYZE fresh_{table}")
        columns = self._columns(table)
        found = Count()
        if table in self.details_told:
            owners = [column for column in columns if column in ("organization_id", "place_id", "service_id")]
            named = " OR ".join(f"t.{owner} IN (SELECT {owner} FROM known)" for owner in owners)
            found.retired = self._do(
                f"DELETE FROM resources_{table} t WHERE source = %(source)s AND ({named})"
                f" AND NOT EXISTS (SELECT FROM fresh_{table} f WHERE f.external_id = t.external_id)"
            )
        found.changed = self._update(table, columns)
        found.new = self._insert(table, columns)
        found.unchanged = self._rows(f"fresh_{table}") - found.changed - found.new
        return found

    def _update(self, table: str, columns: list[str], *, also_if: str = "", also_set: str = "") -> int:
        sets = ", ".join(f"{column} = f.{column}" for column in columns)
        ours, theirs = (", ".join(f"{alias}.{column}" for column in columns) for alias in "tf")
        return self._do(
            f"UPDATE resources_{table} t SET {sets}{also_set} FROM fresh_{table} f"
            " WHERE t.source = %(source)s AND t.external_id = f.external_id"
            f" AND ({also_if}({ours}) IS DISTINCT FROM ({theirs}))"
        )

    def _insert(self, table: str, columns: list[str]) -> int:
        names = ", ".join(columns)
        return self._do(
            f"INSERT INTO resources_{table} (id, source, external_id, {names})"
            f" SELECT resources_new_id(), %(source)s, external_id, {names} FROM fresh_{table} f WHERE NOT EXISTS"
            f" (SELECT FROM resources_{table} t WHERE t.source = %(source)s AND t.external_id = f.external_id)"
        )

    def _capacities(self) -> Count:
        """A figure that is newer than the standing one takes its place."""
        ended = self._do(_ENDED_FIGURES)
        added = self._do(_NEW_FIGURES)
        return Count(new=added - ended, changed=ended)

    def _know(self, table: str) -> None:
        self._do(fresh.KNOW[table.replace("serviceat", "service_at")])
        self._do("ANALYZE known")

    def _dangling(self) -> Iterator[Problem]:
        for reference in dangling.REFERENCES:
            with self.cursor.connection.cursor(name="dangling") as reading:
                reading.execute(reference.statement())
                while rows := reading.fetchmany(_BATCH):
                    for file, row, id_, value in rows:
                        yield Problem(
                            file,
                            row,
                            reference.shown,
                            value,
                            reference.reason,
                            Weight.DANGLING,
                            reference.table,
                            id_,
                        )

    def _columns(self, table: str) -> list[str]:
        self.cursor.execute(f"SELECT * FROM fresh_{table} LIMIT 0")
        return [column.name for column in self.cursor.description if column.name != "external_id"]

    def _rows(self, table: str) -> int:
        self.cursor.execute(f"SELECT count(*) FROM {table}")
        return int(self.cursor.fetchone()[0])

    def _do(self, statement: str, **more: Any) -> int:
        self.cursor.execute(statement, {"source": self.source, "at": self.at} | more)
        return max(int(self.cursor.rowcount), 0)


# Freshly filled tables have no statistics yet; row by row, a join of two of them could take hours.
_IN_SETS = "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'"
_AS_USUAL = "SET LOCAL enable_nestloop = on; SET LOCAL work_mem TO DEFAULT"

_FIGURES = """
WITH told AS (
    SELECT DISTINCT ON (k.service_id) k.service_id, c.unit, c.free, c.total, c.as_of
    FROM st_capacity c JOIN known k ON k.owner = 'service' AND k.owner_id = c.service_id
    ORDER BY k.service_id, c.as_of DESC
)
"""

_ENDED_FIGURES = f"""
{_FIGURES}
UPDATE resources_capacity t SET ends_at = told.as_of FROM told
WHERE t.service_id = told.service_id AND t.place_id IS NULL AND t.ends_at IS NULL AND t.as_of < told.as_of
"""

_NEW_FIGURES = f"""
{_FIGURES}
INSERT INTO resources_capacity (id, service_id, unit, free, total, told_by, as_of)
SELECT resources_new_id(), told.service_id, left(coalesce(nullif(told.unit, ''), 'places'), 60), told.free, told.total,
    %(source)s, told.as_of
FROM told WHERE NOT EXISTS (
    SELECT FROM resources_capacity t
    WHERE t.service_id = told.service_id AND t.place_id IS NULL AND (t.ends_at IS NULL OR t.as_of >= told.as_of)
)
"""
