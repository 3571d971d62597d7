-- D61: what the second enforcement found against a rule; the release waits until there is nothing.
with results as (select * from {{ ref('validation_results') }}),

final as (
    select
        rule_id || ' ' || suite || ': ' || coalesce(first_unexpected_keys, unexpected_count || ' rows: ' || expectation) as problem
    from results
    where not success
)

select * from final
