-- What the disclosure control costs readers: how much of each table is suppressed, in figures and in persons.
with statuses as (select * from {{ ref('int_disclosure__statuses') }}),

figures as (select * from {{ ref('int_disclosure__figures') }}),

quantities as (select * from {{ ref('published_quantities') }}),

counted as (
    select
        statuses.reporting_year,
        statuses.mart,
        statuses.territory_kind,
        cast(count(*) as bigint) as figures,
        {{ count_where("statuses.status = " ~ publication_status('masque_primaire')) }} as figures_primary,
        {{ count_where("statuses.status = " ~ publication_status('masque_secondaire')) }} as figures_secondary,
        {{ count_where("statuses.status in (" ~ publication_status('non_diffuse') ~ ", "
            ~ publication_status('base_insuffisante') ~ ")") }} as figures_withheld,
        cast(coalesce(sum(figures.measure_value) filter (where quantities.counts_persons), 0) as bigint) as persons,
        cast(
            coalesce(
                sum(figures.measure_value) filter (
                    where quantities.counts_persons and statuses.status <> {{ publication_status('publie') }}
                ),
                0
            ) as bigint
        ) as persons_hidden
    from statuses
    left join figures using (reporting_year, territory_kind, territory_code, mart, cut, cut_value, measure)
    left join quantities using (quantity)
    group by statuses.reporting_year, statuses.mart, statuses.territory_kind
),

final as (
    select
        *,
        {{ rate('figures_primary + figures_secondary', 'figures') }} as share_of_figures_hidden,
        {{ rate('persons_hidden', 'persons') }} as share_of_persons_hidden
    from counted
)

select * from final
