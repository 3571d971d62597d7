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
        classified.* exclude (link_reason), -- noqa: RF02
        coalesce(
            classified.link_reason,
            case
                when parcours.parcours_no is null or parcours.reason_code is not null
                    then {{ reason('parcours_exclu') }}
            end
        ) as reason_code,
        coalesce(parcours.is_exit, false) as is_exit_of_year,
        exit_classes.is_positive,
        exit_classes.is_neutralised
    from classified
    inner join exit_classes using (exit_class)
    left join parcours using (reporting_year, plie_code, participant_id, parcours_no)
)

select * from final
