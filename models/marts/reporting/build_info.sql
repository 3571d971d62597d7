select
    {{ build_id() }} as build_id,
    cast('{{ var("as_of_date") }}' as date) as as_of_date,
    '{{ dbt_version }}' as dbt_version
