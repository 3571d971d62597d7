-- Generated from the contract: change models/staging/activity/_activity__sources.yml and run `make contract`.
-- D70: each delivered row of the head's own registers, kept or excluded for one reason: the row acceptance (D1B), then a row
-- that names a row of another register which is not in the delivery, days in the wrong order, a day of another year, and a row
-- that belongs to an excluded one. D71: what is no quarter of a day cannot be read. Each row has all that it says, by column;
-- what it says itself comes before what the row says that it belongs to. D50: what lasts is there on 31 December until its last
-- day, included.
with acceptance as (
    {{ row_acceptance(
    {
        'training_sessions': ref('stg_activity__training_sessions'),
        'training_trainees': ref('stg_activity__training_trainees'),
        'assistance_requests': ref('stg_activity__assistance_requests'),
        'experts': ref('stg_activity__experts'),
        'events': ref('stg_activity__events'),
        'inquiries': ref('stg_activity__inquiries'),
        'web_statistics': ref('stg_activity__web_statistics'),
        'social_snapshots': ref('stg_activity__social_snapshots'),
        'social_posts': ref('stg_activity__social_posts'),
        'projects': ref('stg_activity__projects'),
        'project_members': ref('stg_activity__project_members'),
        'staff': ref('stg_activity__staff'),
        'regional_bodies': ref('stg_activity__regional_bodies'),
        'rh_tpe_structures': ref('stg_activity__rh_tpe_structures'),
        'rh_tpe_activity': ref('stg_activity__rh_tpe_activity'),
        'mde_equipment': ref('stg_activity__mde_equipment'),
        'action_sheets': ref('stg_activity__action_sheets'),
        'action_sheet_figures': ref('stg_activity__action_sheet_figures'),
    },
    ref('int_network__years'),
    {
        'training_sessions': 'session_id',
        'training_trainees': 'session_id',
        'assistance_requests': 'request_id',
        'experts': 'expert_id',
        'events': 'event_id',
        'inquiries': 'inquiry_id',
        'web_statistics': 'upper(delivered_page)',
        'social_snapshots': 'upper(delivered_network)',
        'social_posts': 'post_id',
        'projects': 'project_id',
        'project_members': 'project_id',
        'staff': 'post_id',
        'regional_bodies': 'body_code',
        'rh_tpe_structures': 'structure_id',
        'rh_tpe_activity': 'structure_id',
        'mde_equipment': 'mde_code',
        'action_sheets': 'sheet_id',
        'action_sheet_figures': 'sheet_id',
    },
    refused_as='source_table',
    registers=[
        'training_sessions', 'training_trainees', 'assistance_requests', 'experts', 'events', 'inquiries',
        'web_statistics', 'social_snapshots', 'social_posts', 'projects', 'project_members', 'staff', 'regional_bodies',
        'rh_tpe_structures', 'rh_tpe_activity', 'mde_equipment', 'action_sheets', 'action_sheet_figures',
    ]
    ) }}
),

dated as (
    {{ dated_rows({
        'training_sessions': {'thing': 'session_id', 'first': 'starts_on', 'last': 'starts_on', 'order': ['starts_on', 'ends_on']},
        'training_trainees': {'thing': 'session_id', 'linked': ['training_sessions', 'session_id']},
        'assistance_requests': {'thing': 'request_id', 'first': 'received_on', 'last': 'received_on', 'order': ['received_on', 'closed_on'], 'linked': ['experts', 'expert_id']},
        'experts': {'thing': 'expert_id', 'first': 'starts_on', 'last': 'ends_on', 'order': ['starts_on', 'ends_on']},
        'events': {'thing': 'event_id', 'first': 'held_on', 'last': 'held_on'},
        'inquiries': {'thing': 'inquiry_id', 'first': 'launched_on', 'last': 'launched_on'},
        'web_statistics': {'thing': 'upper(delivered_page)', 'first': 'month', 'last': 'month'},
        'social_snapshots': {'thing': 'upper(delivered_network)', 'first': 'observed_on', 'last': 'observed_on'},
        'social_posts': {'thing': 'post_id', 'first': 'posted_on', 'last': 'posted_on'},
        'projects': {'thing': 'project_id', 'first': 'starts_on', 'last': 'ends_on', 'order': ['starts_on', 'ends_on']},
        'project_members': {'thing': 'project_id', 'linked': ['projects', 'project_id']},
        'staff': {'thing': 'post_id', 'first': 'starts_on', 'last': 'ends_on', 'order': ['starts_on', 'ends_on']},
        'regional_bodies': {'thing': 'body_code'},
        'rh_tpe_structures': {'thing': 'structure_id', 'first': 'starts_on', 'last': 'ends_on', 'order': ['starts_on', 'ends_on']},
        'rh_tpe_activity': {'thing': 'structure_id', 'first': 'month', 'last': 'month', 'linked': ['rh_tpe_structures', 'structure_id']},
        'mde_equipment': {'thing': 'mde_code'},
        'action_sheets': {'thing': 'sheet_id', 'first': 'starts_on', 'last': 'ends_on', 'order': ['starts_on', 'ends_on']},
        'action_sheet_figures': {'thing': 'sheet_id', 'linked': ['action_sheets', 'sheet_id']},
    }) }}
),

with_days as (
    select
        acceptance.*,
        dated.thing,
        dated.first_day,
        dated.last_day,
        dated.is_dated,
        dated.is_reversed,
        dated.linked_register,
        dated.linked_thing
    from acceptance
    inner join dated using (source_table, source_file, source_row)
),

accepted as (
    select
        source_table as linked_register,
        reporting_year,
        thing as linked_thing
    from with_days
    where reason_code is null
    group by source_table, reporting_year, thing
),

delivered_registers as (
    select
        source_table as linked_register,
        reporting_year
    from with_days
    group by source_table, reporting_year
),

-- Whether a row that is named is there can be said where its register was delivered.
with_own_reason as (
    select
        with_days.* replace (
            case
                when with_days.reason_code is not null then with_days.reason_code
                when
                    with_days.linked_thing is not null
                    and delivered_registers.linked_register is not null
                    and accepted.linked_register is null
                    then {{ reason('orphelin') }}
                when with_days.is_reversed then {{ reason('dates_inversees') }}
                when
                    with_days.first_day > {{ last_day_of_year('with_days.reporting_year') }}
                    or with_days.last_day < {{ first_day_of_year('with_days.reporting_year') }}
                    then {{ reason('hors_annee') }}
            end as reason_code
        )
    from with_days
    left join accepted using (linked_register, reporting_year, linked_thing)
    left join delivered_registers using (linked_register, reporting_year)
),

excluded as (
    select
        source_table as linked_register,
        reporting_year,
        thing as linked_thing
    from with_own_reason
    group by source_table, reporting_year, thing
    having bool_and(reason_code is not null)
),

with_reason as (
    select
        with_own_reason.* replace (
            coalesce(with_own_reason.supplier_code, {{ unknown_code() }}) as supplier_code,
            case
                when with_own_reason.reason_code is not null then with_own_reason.reason_code
                when excluded.linked_register is not null and not with_own_reason.is_dated
                    then {{ reason('rattachement_exclu') }}
            end as reason_code
        )
    from with_own_reason
    left join excluded using (linked_register, reporting_year, linked_thing)
),

named_values as (
    {{ named_values({
        'training_sessions': [
            'session_id', 'module', 'theme', 'level',
            'is_new_module', 'organiser', 'mode', 'starts_on', 'ends_on',
        ],
        'training_trainees': [
            'session_id', 'trainee_id', 'structure_kind', 'attended', 'answered',
            'satisfied', 'would_recommend', 'expectations_score', 'objectives_score', 'animation_score',
        ],
        'assistance_requests': [
            'request_id', 'subject', 'kind', 'received_on',
            'closed_on', 'days', 'territory_code', 'territory_level', 'expert_id',
        ],
        'experts': ['expert_id', 'subject', 'is_internal', 'starts_on', 'ends_on'],
        'events': ['event_id', 'kind', 'series', 'held_on', 'mode', 'region_code', 'participants'],
        'inquiries': ['inquiry_id', 'kind', 'theme', 'launched_on', 'asked', 'answers'],
        'web_statistics': ['page', 'month', 'visits'],
        'social_snapshots': ['network', 'observed_on', 'followers'],
        'social_posts': ['post_id', 'network', 'posted_on', 'views'],
        'projects': ['project_id', 'kind', 'partner', 'starts_on', 'ends_on'],
        'project_members': ['project_id', 'member_code', 'country_code'],
        'staff': ['post_id', 'role', 'starts_on', 'ends_on'],
        'regional_bodies': ['body_code', 'name', 'region_code', 'status'],
        'rh_tpe_structures': ['structure_id', 'starts_on', 'ends_on', 'uses_software', 'has_website'],
        'rh_tpe_activity': ['structure_id', 'month', 'kind', 'activity_count'],
        'mde_equipment': ['mde_code', 'item'],
        'action_sheets': ['sheet_id', 'plie_code', 'theme', 'title', 'starts_on', 'ends_on', 'partners'],
        'action_sheet_figures': ['sheet_id', 'line_no', 'label', 'value', 'unit', 'qualifier', 'counted_as'],
    }) }}
),

said as (
    select
        with_reason.*,
        named_values.own_attributes
    from with_reason
    inner join named_values using (source_table, source_file, source_row)
),

kept as (
    select *
    from said
    where reason_code is null
),

final as (
    select
        said.source_table,
        said.source_file,
        said.source_row,
        said.reporting_year,
        said.supplier_code,
        said.record_key,
        said.is_contradictory,
        said.reason_code,
        said.first_day as day_of,
        coalesce(said.first_day <= {{ last_day_of_year('said.reporting_year') }}, true)
        and coalesce(said.last_day >= {{ last_day_of_year('said.reporting_year') }}, true) as is_on_last_day,
        coalesce(map_concat(linked.own_attributes, said.own_attributes), said.own_attributes) as attributes
    from said
    left join kept as linked
        on
            said.reporting_year = linked.reporting_year
            and said.linked_register = linked.source_table
            and said.linked_thing = linked.thing
)

select * from final
