{%- set conditions = {
    'sortie_anticipee': 'exits.is_dated_early',
    'sortie_avant_verification': days_between('exits.exit_date', 'exits.validated_on') ~ ' > years.follow_up_tolerance_days',
    'verification_avant_embauche': 'exits.validated_on < exits.contract_start_date',
} %}
-- D1D: each counted exit of the year whose dates do not go together, once for each signal, with the day on which it is due. The
-- exit counts where it is dated.
with exits as (select * from {{ ref('int_plie__exits') }}),

years as (select * from {{ ref('int_plie__years') }}),

signals as (select * from {{ ref('exit_signal_kinds') }}),

signalled as (
    {%- for signal, condition in conditions.items() %}
    select
        exits.*,
        '{{ signal }}' as exit_signal
    from exits
    inner join years on exits.reporting_year = years.reporting_year
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        signalled.reporting_year,
        signalled.plie_code as supplier_code,
        signalled.participant_id,
        signalled.parcours_no,
        signalled.exit_signal,
        signalled.exit_date,
        signalled.due_exit_date,
        signalled.contract_start_date,
        signalled.validated_on,
        signals.rule_id,
        signalled.source_file,
        signalled.source_row,
        signals.message_fr,
        signals.remedy_fr
    from signalled
    left join signals using (exit_signal)
    where
        signalled.reason_code is null
        and signalled.is_exit_of_year
)

select * from final
