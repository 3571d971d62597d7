-- Each accepted exit with its one reason for exclusion, if any (D1A), and its class: positive, or without follow-up (D10); an
-- exit declared without evidence is not positive (D13); moves, deaths and retirements are neutralised (D14).
with evidence as (select * from {{ ref('int_plie__exit_evidence') }}),

parcours as (select * from {{ ref('int_plie__parcours') }}),

exit_classes as (select * from {{ ref('exit_classes') }}),

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

final as (
    select
        classified.source_file,
        classified.source_row,
        coalesce(
            classified.link_reason,
            case
                when parcours.parcours_no is null or parcours.reason_code is not null
                    then {{ reason('parcours_exclu') }}
            end
        ) as reason_code,
        classified.reporting_year,
        classified.plie_code,
        classified.participant_id,
        classified.parcours_no,
        classified.exit_date,
        coalesce(parcours.is_exit, false) as is_exit_of_year,
        classified.exit_reason,
        classified.declared_class,
        classified.exit_class,
        exit_classes.is_positive,
        exit_classes.is_neutralised,
        classified.reclassification_reason,
        classified.contract_type,
        classified.contract_start_date,
        classified.contract_end_date,
        classified.validated_on,
        classified.is_durable_contract,
        classified.employer_category,
        classified.naf_section
    from classified
    inner join exit_classes on classified.exit_class = exit_classes.exit_class
    left join parcours
        on {{ same_parcours('classified', 'parcours') }}
)

select * from final
