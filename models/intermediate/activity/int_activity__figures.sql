-- D70: each count, distinct count and sum of the registry of activity measures, by year, cut and value. A register that was not
-- delivered has no figure. Of one that was, what no row says counts 0; a sum of nothing known is unknown, and so is a number of
-- different things that no row names. D71: kinds of work that are not alike are never summed but beside their parts.
with measures as (
    select *
    from {{ ref('activity_measures') }}
    where register is not null
),

judged_rows as (select * from {{ ref('int_activity__rows') }}),

things as (
    select
        source_table as register,
        *
    from judged_rows
    where reason_code is null
),

code_lists as (select * from {{ ref('code_lists') }}),

parameters as (select * from {{ ref('parameters') }}),

-- What a row must meet to count: a column that has one of some codes, has none of them, is known, or is above a parameter.
listed_conditions as (
    select
        mart,
        cut,
        measure,
        unnest(string_split(conditions, ';')) as condition
    from measures
    where conditions is not null
),

conditions as (
    select
        mart,
        cut,
        measure,
        regexp_extract(condition, '^(\w+)(=|<>|>)(.+)$', 1) as column_name,
        regexp_extract(condition, '^\w+(=|<>|>)(.+)$', 1) as comparison,
        regexp_extract(condition, '^\w+(?:=|<>|>)(.+)$', 1) as operand
    from listed_conditions
),

of_measures as (
    select
        measures.*,
        things.reporting_year,
        things.source_file,
        things.source_row,
        things.day_of,
        things.attributes
    from measures
    inner join things using (register)
    where measures.days is null or things.is_on_last_day
),

tested as (
    select
        of_measures.mart,
        of_measures.cut,
        of_measures.measure,
        of_measures.register,
        of_measures.source_file,
        of_measures.source_row,
        of_measures.reporting_year,
        of_measures.attributes[conditions.column_name] as said_value,
        conditions.comparison,
        conditions.operand
    from of_measures
    inner join conditions using (mart, cut, measure)
),

failing as (
    select distinct
        tested.mart,
        tested.cut,
        tested.measure,
        tested.register,
        tested.source_file,
        tested.source_row
    from tested
    left join parameters
        on
            tested.comparison = '>'
            and tested.operand = parameters.name
            and {{ in_force('parameters', last_day_of_year('tested.reporting_year')) }}
    where
        not coalesce(
            case
                when tested.operand = '*' then tested.said_value is not null
                when tested.comparison = '=' then list_contains(string_split(tested.operand, '|'), tested.said_value)
                when tested.comparison = '<>'
                    then coalesce(not list_contains(string_split(tested.operand, '|'), tested.said_value), true)
                else cast(tested.said_value as decimal(18, 6)) > parameters.value
            end,
            false
        )
),

counted as (
    select
        of_measures.*,
        case
            when of_measures.cut = {{ total_cut() }} then {{ total_cut() }}
            when not of_measures.is_repeated then of_measures.attributes[of_measures.cut_column]
        end as cut_value,
        of_measures.attributes[of_measures.column_name] as said_value,
        case
            when of_measures.operation in ('sum', 'last')
                then cast(of_measures.attributes[of_measures.column_name] as decimal(18, 6))
        end as amount
    from of_measures
    anti join failing using (mart, cut, measure, register, source_file, source_row)
),

summed as (
    select
        mart,
        cut,
        measure,
        reporting_year,
        cut_value,
        case operation
            when 'rows' then count(*)
            when 'distinct' then case when count(said_value) > 0 then count(distinct said_value) end
            when 'sum' then sum(amount)
            else arg_max(amount, day_of) filter (where amount is not null)
        end as figure
    from counted
    group by mart, cut, measure, operation, reporting_year, cut_value
),

-- A register that was refused is not one that has no row.
delivered_registers as (
    select
        source_table as register,
        reporting_year
    from judged_rows
    group by source_table, reporting_year
    having
        bool_or(
            coalesce(
                reason_code in ({{ reason('hors_annee') }}, {{ reason('rattachement_exclu') }}), reason_code is null
            )
        )
),

-- The values of a cut: the codes of its list, or those that a row has.
cut_values as (
    select
        measures.mart,
        measures.cut,
        delivered_registers.reporting_year,
        coalesce(code_lists.code, {{ total_cut() }}) as cut_value,
        coalesce(code_lists.label_fr, {{ total_label() }}) as cut_value_label_fr
    from measures
    inner join delivered_registers using (register)
    left join code_lists
        on
            measures.cut_list = code_lists.code_list
            and {{ in_force('code_lists', last_day_of_year('delivered_registers.reporting_year')) }}
    where measures.cut_list is not null or measures.cut = {{ total_cut() }}
    union
    select
        mart,
        cut,
        reporting_year,
        cut_value,
        cut_value as cut_value_label_fr
    from counted
    where
        cut_list is null
        and cut <> {{ total_cut() }}
        and cut_value is not null
),

final as (
    select
        cut_values.mart,
        cut_values.cut,
        cut_values.cut_value,
        cut_values.cut_value_label_fr,
        cut_values.reporting_year,
        measures.measure,
        cast(
            coalesce(
                summed.figure,
                case
                    when
                        measures.operation in ('rows', 'distinct')
                        and delivered_registers.register is not null
                        and summed.mart is null
                        then 0
                end
            ) as decimal(18, 6)
        ) as figure
    from cut_values
    inner join measures using (mart, cut)
    left join delivered_registers using (register, reporting_year)
    left join summed
        on
            cut_values.mart = summed.mart
            and cut_values.cut = summed.cut
            and measures.measure = summed.measure
            and cut_values.reporting_year = summed.reporting_year
            and (cut_values.cut_value = summed.cut_value or (measures.is_repeated and summed.cut_value is null))
)

select * from final
