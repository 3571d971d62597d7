-- D61: the figures of the aggregates of the PLIE as rows, so that the long table is made from them and cannot disagree.
{{ measures_as_rows('plie_outcomes') }}
union all
{{ measures_as_rows('plie_outcomes_by_profile', ['profile']) }}
union all
{{ measures_as_rows('plie_entry_profile', ['profile']) }}
union all
{{ measures_as_rows('plie_step_mix', ['step_family']) }}
union all
{{ measures_as_rows('plie_job_steps', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('plie_breakdowns', ['cut', 'population', 'cut_value']) }}
union all
{{ measures_as_rows('plie_main_step', ['step_family']) }}
union all
{{ measures_as_rows('plie_durations', ['population', 'exit_class'], 'population_class') }}
union all
{{ measures_as_rows('plie_caseload') }}
union all
{{ measures_as_rows('plie_exit_reasons', ['exit_reason', 'exit_class'], 'exit_reason_class') }}
union all
{{ measures_as_rows('plie_exit_jobs', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('plie_esf_indicators', ['cut', 'cut_value']) }}
