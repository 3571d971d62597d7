-- What the checks count of the facts of a PLIE and year: profiles that are not known (D33), declared exits without evidence
-- (D13), exits whose dates do not go together (D1D), how far the parcours are from stock plus exits (D04), and who did not answer
-- six months after leaving (D83).
with parcours as (select * from {{ ref('fct_parcours') }}),

parcours_profiles as (select * from {{ ref('int_plie__parcours_profiles') }}),

exits as (select * from {{ ref('fct_exits') }}),

exit_signals as (select * from {{ ref('exit_signals') }}),

signal_kinds as (select * from {{ ref('exit_signal_kinds') }}),

esf_results as (select * from {{ ref('int_plie__esf_results') }}),

exits_of_year as (
    select
        reporting_year,
        plie_code as supplier_code,
        count(*) as exits
    from exits
    group by reporting_year, plie_code
),

signal_counts as (
    select
        reporting_year,
        supplier_code,
        exit_signal,
        count(*) as signalled
    from exit_signals
    group by reporting_year, supplier_code, exit_signal
),

proofs as (
    select declared_class
    from {{ ref('reclassification_reasons') }}
    group by declared_class
),

final as (
    select
        reporting_year,
        plie_code as supplier_code,
        'participants' as source_table,
        'unknown_profile' as subject_kind,
        profile as subject,
        count(*) filter (where is_in_profile is null) as numerator,
        count(*) as denominator
    from parcours_profiles
    group by reporting_year, plie_code, profile

    union all

    select
        exits.reporting_year,
        exits.plie_code as supplier_code,
        'exits' as source_table,
        'unproven' as subject_kind,
        exits.declared_class as subject,
        count(*) filter (where exits.reclassification_reason is not null) as numerator,
        count(*) as denominator
    from exits
    inner join proofs using (declared_class)
    group by exits.reporting_year, exits.plie_code, exits.declared_class

    union all

    select
        exits_of_year.reporting_year,
        exits_of_year.supplier_code,
        'exits' as source_table,
        'signal' as subject_kind,
        signal_kinds.exit_signal as subject,
        coalesce(signal_counts.signalled, 0) as numerator,
        exits_of_year.exits as denominator
    from exits_of_year
    cross join signal_kinds
    left join signal_counts
        on
            exits_of_year.reporting_year = signal_counts.reporting_year
            and exits_of_year.supplier_code = signal_counts.supplier_code
            and signal_kinds.exit_signal = signal_counts.exit_signal

    union all

    select
        reporting_year,
        plie_code as supplier_code,
        'participants' as source_table,
        'identity' as subject_kind,
        'stock_plus_exits' as subject,
        abs(count(*) - count(*) filter (where is_in_stock) - count(*) filter (where is_exit)) as numerator,
        count(*) as denominator
    from parcours
    group by reporting_year, plie_code

    union all

    -- D83: of those who left the ESF+ six months before the end of the year, those who did not answer.
    select
        cast(extract(year from cutoff_date) as integer) as reporting_year,
        plie_code as supplier_code,
        'followups' as source_table,
        'follow_up' as subject_kind,
        'response' as subject,
        count(*) filter (where later_employed is null and later_improved is null) as numerator,
        count(*) as denominator
    from esf_results
    where
        is_due
        and cutoff_date = {{ last_day_of_year('extract(year from cutoff_date)') }}
    group by extract(year from cutoff_date), plie_code
)

select * from final
