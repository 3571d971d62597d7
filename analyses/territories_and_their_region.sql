-- Each PLIE with its region and the country: headline rate with its base, and the share of exits without proof.
select
    plie.reporting_year,
    dim_plie.region_name,
    dim_plie.name,
    plie.exits,
    plie.positive_rate_neutralised as plie_rate,
    plie.exits_excluding_neutralised as plie_base,
    region.positive_rate_neutralised as region_rate,
    country.positive_rate_neutralised as national_rate,
    plie.unproven_exits
from {{ ref('plie_outcomes') }} as plie
inner join {{ ref('dim_plie') }} as dim_plie on plie.territory_code = dim_plie.plie_code
inner join {{ ref('plie_outcomes') }} as region
    on
        plie.reporting_year = region.reporting_year
        and dim_plie.region_code = region.territory_code
        and region.territory_kind = 'region'
inner join {{ ref('plie_outcomes') }} as country
    on
        plie.reporting_year = country.reporting_year
        and country.territory_kind = 'national'
where plie.territory_kind = 'plie'
order by plie.reporting_year, dim_plie.region_name, dim_plie.name
