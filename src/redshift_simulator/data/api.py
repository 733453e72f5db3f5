"""The Data API: statements that are begun, described and fetched, on clusters and workgroups."""

from __future__ import annotations

import sqlite3
from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, is_changing
from redshift_simulator.data.clients import clients_of, note_question
from redshift_simulator.data.contents import Contents, at, contents_of
from redshift_simulator.data.engine import run
from redshift_simulator.errors import SimulatedError
from redshift_simulator.neighbours.metrics import queries_of
from redshift_simulator.redshift.clusters import clusters_of
from redshift_simulator.registry import Parameters, operation

STATEMENTS = "statements"
MOST_KEPT = 40
ROWS_OF_A_PAGE = 1_000
MOST_STATEMENTS = 40
"""Of one batch. Source: Management Guide, Data API limits."""


@operation("redshift-data", "BatchExecuteStatement")
def batch_execute_statement(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    sqls = parameters["Sqls"]
    if not 1 <= len(sqls) <= MOST_STATEMENTS:
        raise _invalid(f"A batch holds from 1 to {MOST_STATEMENTS} statements.")
    place = _place(account, region, parameters)
    contents = _contents(account, place)
    database = parameters.get("Database", "")
    if database not in contents["databases"]:
        raise _invalid(f'FATAL: database "{database}" does not exist')
    statement = _begun(account, region, parameters, contents, database, sqls)
    note_question(account, region, place)
    shown = ("Id", "CreatedAt", "Database", "ClusterIdentifier", "WorkgroupName")
    return {name: statement[name] for name in shown if name in statement}


def _begun(
    account: SimulatedAccount, region: str, parameters: Parameters, contents: Contents, database: str, sqls: list[str]
) -> Resource:
    now_s, results, error = account.clock.now(), [], ""
    queries = queries_of(str(parameters["ClusterIdentifier"]), now_s) if "ClusterIdentifier" in parameters else []
    for sql in sqls:
        try:
            results.append(run(contents, database, sql, now_s, queries))
        except sqlite3.Error as problem:
            error = f"ERROR: {problem}"
            break
    target: Resource = {name: parameters[name] for name in ("ClusterIdentifier", "WorkgroupName") if name in parameters}
    statement: Resource = {
        "Id": account.new_uuid(),
        "CreatedAt": now_s,
        "Database": database,
        **target,
        "_sqls": sqls,
        "_results": results,
    }
    statements = account.table(region, STATEMENTS)
    for old in list(statements)[: max(0, len(statements) - MOST_KEPT)]:
        del statements[old]
    statements[statement["Id"]] = statement
    ended = {"Status": "FAILED", "Error": error} if error else {"Status": "FINISHED"}
    account.begin(statement, "statement", {"Status": "STARTED"}, ended)
    return statement


@operation("redshift-data", "DescribeStatement")
def describe_statement(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    statement = _find(account, region, parameters["Id"])
    parts = [
        {"Id": f"{statement['Id']}:{number}", "Status": statement["Status"], "QueryString": sql, "HasResultSet": True}
        for number, sql in enumerate(statement["_sqls"], start=1)
    ]
    shown = {key: value for key, value in statement.items() if not key.startswith("_")}
    return {**shown, "HasResultSet": statement["Status"] == "FINISHED", "SubStatements": parts}


@operation("redshift-data", "GetStatementResult")
def get_statement_result(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    identifier, _, number = parameters["Id"].partition(":")
    statement = _find(account, region, identifier)
    if statement["Status"] != "FINISHED" or not number.isdigit() or int(number) > len(statement["_results"]):
        raise SimulatedError("ResourceNotFoundException", "Query does not have result.", 400)
    columns, rows = statement["_results"][int(number) - 1]
    start = int(parameters.get("NextToken") or 0)
    end = start + (account.page_size or ROWS_OF_A_PAGE)
    return {
        "ColumnMetadata": [{"name": column, "label": column} for column in columns],
        "Records": [[_field(value) for value in row] for row in rows[start:end]],
        "TotalNumRows": len(rows),
        **({"NextToken": str(end)} if end < len(rows) else {}),
    }


def _field(value: Any) -> dict[str, Any]:
    if value is None:
        return {"isNull": True}
    kinds = {int: "longValue", float: "doubleValue"}
    return {kinds.get(type(value), "stringValue"): value}


def _place(account: SimulatedAccount, region: str, parameters: Parameters) -> Resource:
    """The cluster that is asked, or the namespace behind the workgroup."""
    cluster, workgroup = parameters.get("ClusterIdentifier"), parameters.get("WorkgroupName")
    if (cluster is None) == (workgroup is None):
        raise _invalid("Specify either ClusterIdentifier or WorkgroupName.")
    if cluster is not None:
        found = clusters_of(account, region).get(cluster)
        if found is None:
            raise _invalid("Redshift endpoint doesn't exist in this region.")
        if found["ClusterStatus"] != "available":
            raise _invalid(f"Cluster {cluster} is {found['ClusterStatus']}: it takes no statements.")
        return found
    here = account.table(region, "workgroups").get(str(workgroup))
    if here is None:
        raise _invalid("Redshift endpoint doesn't exist in this region.")
    if is_changing(here):
        raise _invalid(f"Workgroup {workgroup} is {here['status']}: it takes no statements.")
    return account.table(region, "namespaces")[here["namespaceName"]]


def _contents(account: SimulatedAccount, place: Resource) -> Contents:
    """What is in it, as it is now, and who connected so far."""
    if "ClusterIdentifier" in place:
        return {**at(contents_of(place), account.clock.now()), "connections": clients_of(place)}
    empty: Contents = {"databases": {place["dbName"]: _NOTHING}, "users": [place["adminUsername"]]}
    return {**(place.get("_contents") or empty), "connections": clients_of(place)}


_NOTHING: Contents = {"tables": [], "views": [], "functions": []}


def _find(account: SimulatedAccount, region: str, identifier: str) -> Resource:
    statement = account.table(region, STATEMENTS).get(identifier)
    if statement is None:
        raise SimulatedError("ResourceNotFoundException", "Query does not exist.", 400)
    return statement


def _invalid(message: str) -> SimulatedError:
    return SimulatedError("ValidationException", message)
