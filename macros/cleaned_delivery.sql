{#- The rows of a delivered table (relation) with each of its columns, trimmed, as delivered_<column>; none is dropped.
      source_file, source_row   where the row stands (line number of the file; the header is line 1)
      delivery_year             year of the delivery; of the extraction date in the sample, which is not laid out by year
      year_end                  the day on which code lists must be in force
    Raises an error that names the column when the relation has one that is not in `columns`. -#}
{% macro cleaned_delivery(relation, columns) -%}
    select
        source_file,
        source_row,
        coalesce(delivery_year, cast(extract(year from {{ as_of_date() }}) as integer)) as delivery_year,
        {%- if 'reporting_year' in columns %}
        {{ last_day_of_year(parse_year(clean_text('reporting_year'))) }} as year_end,
        {%- else %}
        coalesce({{ last_day_of_year('delivered.delivery_year') }}, {{ as_of_date() }}) as year_end,
        {%- endif %}
        {%- for column in columns %}
        {{ clean_text(column) }} as delivered_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }} as delivered
    where {{ has_only_columns(relation, columns + ['source_file', 'source_row', 'delivery_year']) }}
{%- endmacro %}
