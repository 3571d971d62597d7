select
    {{ build_id() }} as build_id,
    {{ as_of_date() }} as as_of_date,
    '{{ dbt_version }}' as dbt_version
