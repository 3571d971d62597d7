-- D84: of every date, territory and sex, EECO02 + EECO04 + EECO05 are EECO01 less those of whom it is not known, EECO03 is part
-- of EECO02, and nobody of two sexes is counted twice.
with indicators as (select * from {{ ref('esf_indicators') }}),

by_territory as (
    select
        cutoff_date,
        territory_kind,
        territory_code,
        region_category,
        sex,
        max(numerator) filter (where indicator_code = 'EECO01') as participants,
        max(base_known) filter (where indicator_code = 'EECO02') as status_known,
        max(numerator) filter (where indicator_code = 'EECO02') as unemployed,
        max(numerator) filter (where indicator_code = 'EECO03') as long_term,
        max(numerator) filter (where indicator_code = 'EECO04') as inactive,
        max(numerator) filter (where indicator_code = 'EECO05') as employed
    from indicators
    group by cutoff_date, territory_kind, territory_code, region_category, sex
),

by_sex as (
    select
        cutoff_date,
        territory_kind,
        territory_code,
        region_category,
        sum(participants) filter (where sex = 'total') as participants,
        sum(participants) filter (where sex <> 'total') as of_each_sex
    from by_territory
    group by cutoff_date, territory_kind, territory_code, region_category
)

select
    cutoff_date,
    territory_kind,
    territory_code,
    sex,
    'status' as broken_identity
from by_territory
where
    unemployed + inactive + employed <> status_known
    or status_known > participants
    or long_term > unemployed
union all
select
    cutoff_date,
    territory_kind,
    territory_code,
    'total' as sex,
    'sexes' as broken_identity
from by_sex
where participants <> of_each_sex
