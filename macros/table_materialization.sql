{#- A table is dropped and made again under its own name, in one transaction: it is there whole, or as it was. dbt-duckdb's own
    makes it beside, renames both, and looks for indexes and foreign keys, of which there are none here: eight statements more for
    each table. A model in Python writes through a connection of its own, and so beside. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set written = relation if model.language == 'sql' else make_intermediate_relation(relation) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- if model.language == 'python' -%}
        {%- do adapter.drop_relation(written) -%}
        {%- call statement('main', language='python') -%}
            {{ create_table_as(False, written, compiled_code, 'python') }}
        {%- endcall -%}
    {%- endif -%}
    {%- do adapter.ensure_transaction() -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- if model.language == 'python' -%}
        {%- do adapter.rename_relation(written, relation) -%}
    {%- else -%}
        {%- call statement('main') -%}
            {{ create_table_as(False, relation, compiled_code) }}
        {%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
