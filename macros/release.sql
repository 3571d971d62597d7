{#- How many nodes of each kind a run asks for, and how many the project has, as a table: the release, the last node, is made of a
    run of all of them. dbt does not say which unit tests it runs, beside their models. -#}
{% macro plan_of_the_run() -%}
    {%- if execute -%}
        {%- set nodes = graph.nodes.keys() | list %}
    create schema if not exists build;
    create or replace table build.plan as
    select *
    from (
        values
        {%- for kind in ['seed', 'model', 'test'] %}
            {%- set of_kind = [] %}
            {%- for node in nodes if node.startswith(kind ~ '.') %}{% do of_kind.append(node) %}{% endfor %}
        ('{{ kind }}', {{ of_kind | select('in', selected_resources) | list | length }}, {{ of_kind | length }}),
        {%- endfor %}
        ('unit_test', null, {{ graph.unit_tests.keys() | list | length }})
    ) as kinds (resource_type, planned, in_project)
    {%- endif -%}
{%- endmacro %}

{#- At the end of a run, whether something was released. The warehouse and what is published change by the release alone. -#}
{% macro tell_the_release(results) -%}
    {%- if execute -%}
        {%- set failed = [] -%}
        {%- set released = [] -%}
        {%- set without_memory = [] -%}
        {%- for result in results -%}
            {%- if result.status in ['error', 'fail', 'runtime error'] -%}
                {%- do failed.append(result.node.name) -%}
                {#- DuckDB names the setting in each message about memory. -#}
                {%- if 'memory_limit' in (result.message or '') -%}{%- do without_memory.append(result.node.name) -%}{%- endif -%}
            {%- endif -%}
            {%- if result.node.name == 'release' and result.status == 'success' -%}{%- do released.append(result) -%}{%- endif -%}
        {%- endfor -%}
        {%- if without_memory -%}
            {%- do log(
                'DuckDB ran out of memory in ' ~ without_memory | join(', ') ~ '. It had '
                ~ target.settings.memory_limit ~ ': give it more with PLIE_DUCKDB_MEMORY=4GB.',
                info=true
            ) -%}
        {%- endif -%}
        {%- if released -%}
            {%- do log(run_query('select message from build.release').rows[0][0], info=true) -%}
        {%- elif 'release' in failed -%}
            {%- do log('The release failed: its message says what is in place.', info=true) -%}
        {%- elif failed -%}
            {%- do log(
                'Nothing is released: ' ~ failed | join(', ') ~ ' failed; the warehouse and what is published stay as they were.',
                info=true
            ) -%}
        {%- else -%}
            {%- do log(
                'Nothing is released: a part of the project ran, in a working file; run dbt build to release.', info=true
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
