"""What is in the demo's databases: one that is written to all the time, one with a table that a restore loses."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.data.contents import connection, table
from redshift_simulator.redshift.clusters import KIND
from redshift_simulator.redshift.domains import associate

DOMAIN = "warehouse.example.com"
PYTHON_DRIVER = "Redshift Python Driver 2.1.5"


def seed_databases(account: SimulatedAccount, region: str) -> None:
    """Fill the clusters that are there already."""
    clusters = account.table(region, KIND)
    sales = [
        table("sales", "orders", 48_211_904, per_minute=90),
        table("sales", "customers", 1_204_331, interleaved=True),
        table("sales", "products", 18_220),
        table("analytics", "daily_revenue", 3_650),
        table("public", "staging_empty", 0),
    ]
    views: list[dict[str, Any]] = [
        {"schema": "analytics", "view": "revenue", "sql": "SELECT * FROM analytics.daily_revenue"},
        {"schema": "analytics", "view": "slow_queries", "sql": "SELECT query, elapsed FROM stl_query"},
    ]
    views.append({"schema": "analytics", "view": "mv_top", "sql": "SELECT 1", "is_materialized": True})
    functions = [
        {"name": "f_parse_url", "language": "plpythonu"},
        {"name": "f_margin", "language": "sql"},
        {"name": "sp_close_day", "language": "plpgsql", "sql": "INSERT INTO audit SELECT * FROM stl_load_errors"},
    ]
    grants = [["sales", "orders", "SELECT", "user", "bi_user"], ["sales", "orders", "INSERT", "role", "loader"]]
    certificate = account.arn("acm", region, "certificate/7c1f2d9e-warehouse")
    associate(account, clusters["prod-db-1"], DOMAIN, certificate)
    clusters["prod-db-1"]["_contents"] = {
        "databases": {
            "dev": {
                "tables": sales,
                "views": views,
                "functions": functions,
                "external": ["spectrum"],
                "grants": grants,
            },
            "archive": {"tables": [table("public", "orders_2019", 9_410_022)], "views": [], "functions": []},
        },
        "users": ["awsuser", "etl_user", "bi_user"],
        "roles": ["loader"],
        "queries": [[2, "SELECT query, elapsed FROM stl_query ORDER BY 2 DESC LIMIT 10"]] * 3,
        "connections": [
            connection("bi_user", "Tableau", times=40, via=DOMAIN),
            connection("etl_user", "airflow", driver=PYTHON_DRIVER, host="::ffff:10.0.2.9", via=DOMAIN),
            connection("bi_user", "excel", driver="Amazon Redshift ODBC Driver 1.4.52", ssl="", times=3),
        ],
    }
    clusters["reports-dc2"]["_contents"] = {
        "databases": {
            "dev": {
                "tables": [
                    table("public", "reports", 220_310),
                    table("public", "scratch", 51_000, backup=False),
                ],
                "views": [],
                "functions": [],
            }
        },
        "users": ["awsuser"],
        "connections": [],
    }
    clusters["crm-pending"]["_contents"] = {
        "databases": {
            "dev": {
                "tables": [table("crm", "contacts", 88_120), table("crm", "notes", 412_000, lost=True)],
                "views": [],
                "functions": [],
            }
        },
        "users": ["awsuser", "crm_app"],
        "connections": [connection("crm_app", "crm", ssl="TLSv1.1", times=5)],
    }
