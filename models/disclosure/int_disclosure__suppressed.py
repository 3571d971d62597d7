"""The figures that must be hidden, one row each: what small counts ask for (D60)."""


def model(dbt, session):
    from plie_warehouse.disclosure.step import COLUMNS, suppressed_figures

    hidden = suppressed_figures(
        figures=dbt.ref("int_disclosure__figures"),
        released_figures=dbt.source("history", "disclosure_figures"),
        released_suppressed=dbt.source("history", "disclosure_suppressed"),
        measures=dbt.ref("measures"),
        additive_relations=dbt.ref("additive_relations"),
        territory_kinds=dbt.ref("territory_kinds"),
        parameters=dbt.ref("parameters"),
        plie=dbt.ref("dim_plie"),
        structures=dbt.ref("dim_clause_structure"),
    )
    typed = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in COLUMNS.items())
    return session.from_df(hidden).project(typed)
