-- Generated from the registry: change seeds/reference/activity_measures.csv and run `make contract`.
-- D61: the figures of the aggregates of the head's own work as rows, so that the long table
-- is made from them and cannot disagree.
{{ measures_as_rows('head_training', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('head_assistance', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('head_events', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('head_communication', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('head_projects', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('head_rh_tpe', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('mde_equipment', ['cut', 'cut_value']) }}
