-- D61: what the second enforcement found against a rule. Nothing is published, and nothing released, until there is nothing.
with private as (select * from {{ ref('validation_results') }}),

final as (
    select
        rule_id || ' ' || table_name || ' (' || column_name || '): ' || unexpected_count || ' of ' || evaluated_count
        || ' rows differ: ' || coalesce(first_unexpected_keys, expectation) as problem
    from private
    where not success
)

select * from final
