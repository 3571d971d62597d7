{#- What another engine is given: each delivered table as it was read, and each reference list, as <schema>.<table>.parquet in a
    folder (plie engines). What builds left behind stays with DuckDB. DuckDB reads and writes here, whatever builds then. -#}
{% macro export_to_engines(folder) -%}
    {%- for source in graph.sources.values() if source.source_name != 'history' %}
        {%- do copy_to_engines(builtins.source(source.source_name, source.name), source.schema ~ '.' ~ source.name, folder) -%}
    {%- endfor -%}
    {%- for seed in graph.nodes.values() if seed.resource_type == 'seed' %}
        {%- do copy_to_engines(builtins.ref(seed.name), seed.schema ~ '.' ~ seed.name, folder) -%}
    {%- endfor -%}
    {#- The head's own registers are judged and counted by DuckDB; a map of what a row says is of no use elsewhere. -#}
    {%- for model in graph.nodes.values()
        if model.resource_type == 'model' and 'activity' in model.fqn and 'staging' not in model.fqn %}
        {%- set relation = builtins.ref(model.name) -%}
        {%- do copy_to_engines(
            '(select * exclude (attributes) from ' ~ relation ~ ')' if model.name == 'int_activity__rows' else relation,
            model.schema ~ '.' ~ model.name, folder
        ) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro copy_to_engines(relation, name, folder) -%}
    {%- do run_query('copy (select * from ' ~ relation ~ ") to '" ~ sql_text(folder ~ '/' ~ name) ~ ".parquet' (format parquet)") -%}
{%- endmacro %}
