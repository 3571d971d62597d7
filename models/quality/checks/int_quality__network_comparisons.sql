-- D59: what registers and survey say, each beside its limit: internal referents and the internal team, the PLIE of an
-- intermediate body and the fewest of one, ETP of facilitators and their number. Where either is unknown, nothing is compared.
with teams as (select * from {{ ref('int_survey__teams') }}),

facilitators as (select * from {{ ref('int_network__facilitators') }}),

delivered_bodies as (select * from {{ ref('stg_network__intermediate_bodies') }}),

dispositions as (select * from {{ ref('int_network__row_dispositions') }}),

parameters as (select * from {{ ref('parameters') }}),

accepted_bodies as (
    {{ accepted_rows('delivered_bodies', 'dispositions') }}
),

referents_and_team as (
    select
        referents.reporting_year,
        referents.plie_code,
        referents.headcount as referent_headcount,
        referents.etp as referent_etp,
        whole_team.headcount as team_headcount,
        whole_team.etp as team_etp
    from teams as referents
    inner join teams as whole_team using (reporting_year, plie_code)
    where
        referents.team = {{ internal_referents() }}
        and whole_team.team = {{ internal_team() }}
),

-- Of one delivery of the list: that of its year.
body_counts as (
    select
        delivery_year as reporting_year,
        oi_code,
        count(distinct plie_code) as plie_count
    from accepted_bodies
    group by delivery_year, oi_code
),

compared as (
    {%- for measure in ['headcount', 'etp'] %}
    select
        reporting_year,
        'survey' as supplier_kind,
        'survey_teams' as source_table,
        'referents_hors_equipe' as network_signal,
        'plie' as subject_kind,
        plie_code as subject_code,
        '{{ measure }}' as measure,
        cast(referent_{{ measure }} as decimal(14, 4)) as found_value,
        cast(team_{{ measure }} as decimal(14, 4)) as limit_value,
        referent_{{ measure }} > team_{{ measure }} as is_signalled
    from referents_and_team
    union all
    {%- endfor %}
    select
        body_counts.reporting_year,
        'network' as supplier_kind,
        'intermediate_bodies' as source_table,
        'oi_trop_peu_de_plie' as network_signal,
        'oi' as subject_kind,
        body_counts.oi_code as subject_code,
        'plie' as measure,
        cast(body_counts.plie_count as decimal(14, 4)) as found_value,
        cast(parameters.value as decimal(14, 4)) as limit_value,
        body_counts.plie_count < parameters.value as is_signalled
    from body_counts
    inner join parameters
        on
            parameters.name = 'intermediate_body_min_plie'
            and {{ in_force('parameters', last_day_of_year('body_counts.reporting_year')) }}
    union all
    select
        reporting_year,
        'network' as supplier_kind,
        'facilitators' as source_table,
        'etp_au_dela_des_personnes' as network_signal,
        'clause' as subject_kind,
        structure_code as subject_code,
        'etp' as measure,
        cast(etp as decimal(14, 4)) as found_value,
        cast(headcount as decimal(14, 4)) as limit_value,
        etp > headcount as is_signalled
    from facilitators
),

final as (
    select *
    from compared
    where is_signalled is not null
)

select * from final
