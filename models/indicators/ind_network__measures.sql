-- D61: the figures of the aggregates of the network as rows, so that the long table is made from them and cannot disagree.
{{ measures_as_rows('network_coverage') }}
union all
{{ measures_as_rows('network_members', ['cut', 'cut_value']) }}
