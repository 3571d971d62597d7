-- Each accepted exit with its one reason for exclusion, if any (D1A), and its class: positive, or without follow-up (D10); an
-- exit declared without evidence is not positive (D13); moves, deaths and retirements are neutralised (D14). One to a durable
-- job is due when the first months of the contract are over: dated before, it stays where it is and is flagged (D1D).
with evidence as (select * from {{ ref('int_plie__exit_evidence') }}),

parcours as (select * from {{ ref('int_plie__parcours') }}),

exit_classes as (select * from {{ ref('exit_classes') }}),

years as (select * from {{ ref('int_plie__years') }}),

-- The class of exits without evidence and of unknown reasons.
default_class as (
    select exit_class
    from exit_classes
    where is_other_nofollow
),

classified as (
    select
        evidence.*,
        case
            when evidence.reclassification_reason is null
                then coalesce(evidence.declared_class, default_class.exit_class)
            else default_class.exit_class
        end as exit_class
    from evidence
    cross join default_class
),

-- D1D: the last day of the follow-up of a durable job.
with_due_date as (
    select
        classified.*,
        exit_classes.is_positive,
        exit_classes.is_neutralised,
        case
            when exit_classes.is_durable_job
                then {{ day_before(add_months('classified.contract_start_date', 'years.follow_up_months')) }}
        end as due_exit_date
    from classified
    inner join exit_classes using (exit_class)
    inner join years using (reporting_year)
),

final as (
    select
        with_due_date.source_file,
        with_due_date.source_row,
        with_due_date.reporting_year,
        with_due_date.plie_code,
        with_due_date.participant_id,
        with_due_date.parcours_no,
        with_due_date.exit_date,
        with_due_date.exit_reason,
        with_due_date.contract_type,
        with_due_date.contract_start_date,
        with_due_date.contract_end_date,
        with_due_date.validated_on,
        with_due_date.employer_category,
        with_due_date.naf_section,
        with_due_date.declared_class,
        with_due_date.reclassification_reason,
        with_due_date.is_durable_contract,
        with_due_date.exit_class,
        with_due_date.is_positive,
        with_due_date.is_neutralised,
        with_due_date.due_exit_date,
        coalesce(
            with_due_date.link_reason,
            case
                when parcours.parcours_no is null or parcours.reason_code is not null
                    then {{ reason('parcours_exclu') }}
            end
        ) as reason_code,
        coalesce(parcours.is_exit, false) as is_exit_of_year,
        coalesce(with_due_date.exit_date < with_due_date.due_exit_date, false) as is_dated_early
    from with_due_date
    left join parcours using (reporting_year, plie_code, participant_id, parcours_no)
)

select * from final
