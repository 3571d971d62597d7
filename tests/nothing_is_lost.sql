-- Delivered rows = kept + excluded, each excluded row has one reason, and what is kept is in the facts (D1A, D42). Counted from
-- the deliveries on one side, from the facts and the quality tables on the other.
{%- set sources = {
    'deliveries': ['participants', 'steps', 'exits', 'followups'],
    'deliveries_clause': ['procurements', 'beneficiaries', 'work_contracts', 'hours'],
    'deliveries_network': [
        'clause_structures', 'facilitators', 'plie_register', 'mde_register', 'members', 'member_structures',
        'intermediate_bodies', 'board_seats', 'intermediate_body_register', 'historical_results', 'targets',
    ],
    'deliveries_survey': ['survey_funding', 'survey_allocations', 'survey_teams', 'survey_partners', 'survey_external_referents'],
    'deliveries_activity': activity_registers(),
} %}
{%- set facts = {
    'participants': ref('fct_parcours'),
    'steps': ref('fct_steps'),
    'exits': ref('fct_exits'),
    'hours': ref('fct_clause_hours') ~ ' where is_counted',
} %}
with delivered as (
    {%- for source_name, tables in sources.items() %}
    {%- set is_last_source = loop.last %}
    {%- for table in tables %}
    select
        '{{ table }}' as source_table,
        count(*) as row_count
    from {{ source(source_name, table) }} as delivered_rows
    {{ 'union all' if not (loop.last and is_last_source) }}
    {%- endfor %}
    {%- endfor %}
),

accounted as (
    select
        source_table,
        sum(rows_delivered) as rows_delivered,
        sum(rows_kept) as rows_kept,
        sum(rows_excluded) as rows_excluded
    from {{ ref('row_accounting') }}
    group by source_table
),

excluded as (
    select
        source_table,
        count(*) as row_count
    from {{ ref('exclusions') }}
    group by source_table
),

-- A valid exit after 31 December is kept and is in no fact: it shows as the exit date of a parcours in stock.
in_facts as (
    {%- for table, fact in facts.items() %}
    select
        '{{ table }}' as source_table,
        count(*) as row_count
    from {{ fact }}
    union all
    {%- endfor %}
    select
        'exits' as source_table,
        count(*) as row_count
    from {{ ref('fct_parcours') }}
    where is_in_stock and exit_date is not null
),

facts as (
    select
        source_table,
        sum(row_count) as row_count
    from in_facts
    group by source_table
)

select
    delivered.source_table,
    delivered.row_count as in_seed,
    accounted.rows_delivered,
    accounted.rows_kept,
    accounted.rows_excluded,
    excluded.row_count as in_exclusions,
    facts.row_count as in_facts
from delivered
left join accounted using (source_table)
left join excluded using (source_table)
left join facts using (source_table)
where
    delivered.row_count <> coalesce(accounted.rows_delivered, 0)
    or coalesce(excluded.row_count, 0) <> coalesce(accounted.rows_excluded, 0)
    or facts.row_count <> coalesce(accounted.rows_kept, 0)
