-- From the headline rate to its rows: each exit of the denominator, whether it is in the numerator, and what was left out.
select
    exits.reporting_year,
    exits.plie_code,
    exits.participant_id,
    exits.parcours_no,
    exits.exit_date,
    reasons.label_fr as declared_reason_fr,
    classes.label_fr as class_fr,
    exits.is_positive as is_in_numerator,
    not exits.is_neutralised as is_in_denominator,
    proofs.label_fr as missing_proof_fr
from {{ ref('fct_exits') }} as exits
left join {{ ref('exit_reasons') }} as reasons on exits.exit_reason = reasons.exit_reason
inner join {{ ref('exit_classes') }} as classes on exits.exit_class = classes.exit_class
left join {{ ref('reclassification_reasons') }} as proofs
    on
        exits.declared_class = proofs.declared_class
        and exits.reclassification_reason = proofs.reclassification_reason
order by exits.reporting_year, exits.plie_code, exits.exit_date, exits.participant_id
