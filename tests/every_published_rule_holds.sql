-- D60: what the second enforcement found in the published tables. Nothing is released until there is nothing.
with published as (select * from {{ ref('published_validation_results') }}),

final as (
    select
        rule_id || ' ' || table_name || ' (' || column_name || '): ' || unexpected_count || ' of ' || evaluated_count
        || ' rows differ: ' || coalesce(first_unexpected_keys, expectation) as problem
    from published
    where not success
)

select * from final
