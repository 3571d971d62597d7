{#- What the last build that passed left behind (scripts/plie_warehouse/history.py): its figures, its deliveries, and the
    revisions so far. Builds of the sample and of the store have a history each, and are never compared. Where there is none,
    no row, but every column. DuckDB only: another engine needs its own version of this file. -#}

{% macro history_rows(name, columns) -%}
    {%- set file = sql_text(env_var('PLIE_DATA_DIR', 'data') ~ '/history/' ~ var('deliveries') ~ '/last/' ~ name ~ '.parquet') -%}
    {%- if execute and run_query("select count(*) from glob('" ~ file ~ "')").columns[0].values()[0] > 0 -%}
    select
        {%- for column, type in columns.items() %}
        cast({{ column }} as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from read_parquet('{{ file }}')
    {%- else -%}
    {{ no_rows(columns) }}
    {%- endif -%}
{%- endmacro %}

{#- One row per figure of the last build. -#}
{% macro last_figures() -%}
    {{ history_rows('figures', {
        'reporting_year': 'integer', 'territory_kind': 'varchar', 'territory_code': 'varchar', 'indicator_code': 'varchar',
        'cut': 'varchar', 'cut_value': 'varchar', 'method_version': 'varchar', 'numerator': 'decimal(18, 6)',
        'denominator': 'decimal(18, 6)', 'value': 'decimal(18, 6)',
    }) }}
{%- endmacro %}

{#- One row: name and extraction date of the last build, and the name of its rules (see rules_name). -#}
{% macro last_build() -%}
    {{ history_rows('build', {'build_id': 'varchar', 'as_of_date': 'date', 'rules': 'varchar'}) }}
{%- endmacro %}

{#- One row per delivery that was in force in the last build. -#}
{% macro last_deliveries() -%}
    {{ history_rows('deliveries', {
        'kind': 'varchar', 'supplier_code': 'varchar', 'reporting_year': 'integer', 'delivery_id': 'varchar',
    }) }}
{%- endmacro %}

{#- All revisions up to the last build: columns -> types as in the contract of quality.revisions. -#}
{% macro earlier_revisions() -%}
    {%- set columns = {} -%}
    {%- if execute -%}
        {%- for column in model.columns.values() -%} {%- do columns.update({column.name: column.data_type}) -%} {%- endfor -%}
    {%- endif -%}
    {{ history_rows('revisions', columns or {'revision_no': 'bigint'}) }}
{%- endmacro %}

{#- One row per delivery that is in force now; delivery_id is the checksum of what it holds. -#}
{% macro deliveries_in_force() -%}
    {%- if reads_store() and store_has('/deliveries/*/*/*.json') -%}
    select
        kind,
        supplier_code,
        reporting_year,
        in_force as delivery_id
    from read_json(
        '{{ sql_text(store_folder()) }}/deliveries/*/*/*.json',
        columns = {kind: 'varchar', supplier_code: 'varchar', reporting_year: 'integer', in_force: 'varchar'},
        format = 'unstructured'
    )
    where in_force is not null
    {%- else -%}
    {{ no_rows({'kind': 'varchar', 'supplier_code': 'varchar', 'reporting_year': 'integer', 'delivery_id': 'varchar'}) }}
    {%- endif -%}
{%- endmacro %}

{#- Name of the code and reference lists of this build, which the build command passes; null when plain dbt builds. -#}
{% macro rules_name() -%}
    nullif('{{ env_var("PLIE_RULES", "") }}', '')
{%- endmacro %}

{#- Why a figure moved, in French, for readers. -#}
{% macro revision_cause(name) -%}
    '{{ {
        "corrected": "livraison corrigée",
        "new": "nouvelle livraison",
        "withdrawn": "livraison retirée",
        "rules": "règles, paramètres ou nomenclatures",
        "sample": "échantillon, règles, paramètres ou nomenclatures",
    }[name] }}'
{%- endmacro %}

{#- Which deliveries a figure stands on, by the aggregate that it is made from. One row per beginning of the name of an
    aggregate and kind of delivery:
      reach          supplier: the deliveries of a supplier reach its own figures and those of the territories that it is in;
                     everywhere: any figure; placed: those of departments and regions, in which a register places suppliers
      is_same_year   only the deliveries of the year of the figure; a register serves other years too (D50) -#}
{% macro delivery_reach() -%}
    select *
    from (
        values
        ('plie_', 'plie', 'supplier', true),
        ('plie_', 'network', 'placed', false),
        ('clause_', 'clause', 'supplier', true),
        ('clause_', 'network', 'placed', false),
        ('clause_facilitator_activity', 'network', 'everywhere', false),
        ('network_', 'network', 'everywhere', false),
        ('network_coverage', 'plie', 'supplier', true),
        ('survey_', 'survey', 'everywhere', true),
        ('survey_', 'network', 'placed', false)
    ) as reaches (mart_start, kind, reach, is_same_year)
{%- endmacro %}
