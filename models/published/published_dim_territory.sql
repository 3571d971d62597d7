-- depends_on: {{ ref('validation_results') }}
-- D5A: an intermediate body cuts across the departments: what is published of it would give suppressed cells back.
select dim_territory.*
from {{ ref('dim_territory') }} as dim_territory
inner join {{ ref('territory_kinds') }} as kinds using (territory_kind)
where kinds.is_published
