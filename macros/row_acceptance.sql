{#- Row acceptance: what a delivered row needs to be used (D1B). -#}

{#- One row per delivered row of the tables of a kind of supplier, with the reason why it is not accepted, if any; the first
    reason is the one recorded: the row's own defect, a year without parameters, a refused delivery, a repetition.
      tables      name -> relation of the staged rows
      years       relation of the years with parameters in force
      supplier    column of the supplier, or name of the table -> its column
      refused_as  column that says what is refused together when a key is contradictory; the supplier's whole year by default
      registers   tables that name no year: theirs is the year of the delivery, and they need no parameters -#}
{% macro row_acceptance(tables, years, supplier, refused_as=none, registers=[]) -%}
with years as (select reporting_year from {{ years }}),

delivered as (
    {%- for table, relation in tables.items() %}
    select
        source_table,
        source_file,
        source_row,
        supplier_code,
        {{ supplier if supplier is string else supplier[table] }} as supplier,
        {{ refused_as or supplier }} as refused_as,
        {{ 'delivery_year' if table in registers else 'reporting_year' }} as reporting_year,
        {{ 'false' if table in registers else 'true' }} as needs_parameters,
        record_key,
        record_hash,
        defect
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

usable as (
    select delivered.*
    from delivered
    left join years using (reporting_year)
    where
        delivered.defect is null
        and (years.reporting_year is not null or not delivered.needs_parameters)
),

-- Few keys are repeated: to find them first spares the comparison of all the others.
repeated_keys as (
    select
        source_table,
        reporting_year,
        supplier,
        record_key,
        min(record_hash) <> max(record_hash) as is_contradictory
    from usable
    group by source_table, reporting_year, supplier, record_key
    having count(*) > 1
),

-- Of the rows of such a key: how many different contents there are, and which row comes first.
keyed as (
    select
        usable.source_table,
        usable.source_file,
        usable.source_row,
        usable.reporting_year,
        usable.refused_as,
        repeated_keys.is_contradictory,
        row_number() over (
            partition by usable.source_table, usable.reporting_year, usable.supplier, usable.record_key
            order by usable.source_file, usable.source_row
        ) as copy_number
    from usable
    inner join repeated_keys using (source_table, reporting_year, supplier, record_key)
),

refused_deliveries as (
    select
        reporting_year,
        refused_as
    from keyed
    group by reporting_year, refused_as
    having bool_or(is_contradictory)
),

final as (
    select
        delivered.source_table,
        delivered.source_file,
        delivered.source_row,
        delivered.reporting_year,
        coalesce(delivered.supplier, delivered.supplier_code) as supplier_code,
        delivered.record_key,
        coalesce(keyed.is_contradictory, false) as is_contradictory,
        case
            when delivered.defect is not null then delivered.defect
            when years.reporting_year is null and delivered.needs_parameters then {{ reason('annee_non_prise_en_charge') }}
            when refused_deliveries.refused_as is not null then {{ reason('livraison_refusee') }}
            when keyed.copy_number > 1 then {{ reason('doublon') }}
        end as reason_code
    from delivered
    left join years using (reporting_year)
    left join keyed using (source_table, source_file, source_row)
    left join refused_deliveries
        on
            delivered.reporting_year = refused_deliveries.reporting_year
            and delivered.refused_as = refused_deliveries.refused_as
)

select * from final
{%- endmacro %}

{#- The accepted rows of a staged table (D1B).
      acceptance   relation or CTE of the row acceptance. Where a query needs all delivered rows too, name the relation: DuckDB
                   holds a CTE whole that is used twice -#}
{% macro accepted_rows(staged, acceptance) -%}
    select {{ staged }}.*
    from {{ staged }}
    inner join {{ acceptance }} as accepted using (source_table, source_file, source_row)
    where accepted.reason_code is null
{%- endmacro %}
