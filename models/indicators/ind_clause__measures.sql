-- D61: the figures of the aggregates of the social clause as rows, so that the long table is made from them and cannot disagree.
{{ measures_as_rows('clause_hours_etp', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('clause_beneficiary_profile', ['profile']) }}
union all
{{ measures_as_rows('clause_facilitator_activity') }}
union all
{{ measures_as_rows('clause_lot_hours', ['cut', 'cut_value']) }}
