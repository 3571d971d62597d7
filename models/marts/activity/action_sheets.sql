-- D72: the catalogue of action sheets, one row per year and sheet.
with judged_rows as (select * from {{ ref('int_activity__rows') }}),

code_lists as (select * from {{ ref('code_lists') }}),

dim_plie as (select * from {{ ref('dim_plie') }}),

delivered_columns as (select * from {{ ref('delivered_columns') }}),

sheets as (
    select
        reporting_year,
        attributes['sheet_id'] as sheet_id,
        attributes['plie_code'] as plie_code,
        attributes['theme'] as theme,
        attributes['title'] as title,
        attributes['partners'] as partners,
        cast(attributes['starts_on'] as date) as starts_on,
        cast(attributes['ends_on'] as date) as ends_on
    from judged_rows
    where
        source_table = 'action_sheets'
        and reason_code is null
),

themes as (
    select
        code_lists.code as theme,
        code_lists.label_fr as theme_label_fr
    from code_lists
    inner join delivered_columns using (code_list)
    where
        delivered_columns.source_table = 'action_sheets'
        and delivered_columns.column_name = 'theme'
),

final as (
    select
        sheets.*,
        themes.theme_label_fr,
        dim_plie.name as plie_name,
        dim_plie.department_code,
        dim_plie.region_code
    from sheets
    left join themes using (theme)
    left join dim_plie using (plie_code)
)

select * from final
