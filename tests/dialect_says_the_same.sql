-- What engines read differently without a word, each in the words of macros/dialect: what is found is what is expected. Each
-- engine that builds the project runs this. It reads no table, and waits for one so that it comes before the release.
-- depends_on: {{ ref('parameters') }}
{%- set no_break, narrow, mark = '\u00a0', '\u202f', '\ufeff' -%}
{%- set text_of = "cast(%s as " ~ text_type() ~ ")" -%}
{%- set day = "cast('%s' as date)" -%}
{%- set probes = {
    'blanks around': (squeeze_blanks("'" ~ mark ~ no_break ~ ' a' ~ narrow ~ "'"), "'a'"),
    'blanks inside': (squeeze_blanks("'a \t \n" ~ no_break ~ "b'"), "'a b'"),
    'blanks alone': (clean_text("'" ~ no_break ~ " '"), 'null'),
    'a pattern is of the whole text': (text_of % matches("'12a'", '[0-9]+'), "'false'"),
    'a pattern ends before a line feed': (text_of % matches("'12\n'", '[0-9]+'), "'false'"),
    'a pattern takes its own alternatives whole': (text_of % matches("'1x'", '1|2'), "'false'"),
    'a digit is of ASCII': (text_of % matches("'٣'", '[0-9]'), "'false'"),
    'a day that exists': (text_of % existing_day("'2020-02-29'"), "'2020-02-29'"),
    'a day that does not': (text_of % existing_day("'2021-02-29'"), 'null'),
    'a month that does not': (text_of % existing_day("'2021-13-01'"), 'null'),
    'day zero': (text_of % existing_day("'2021-01-00'"), 'null'),
    'months end at month end': (text_of % plus_months(day % '2021-08-31', 6), "'2022-02-28'"),
    'months do not stick to month end': (text_of % plus_months(day % '2021-02-28', 1), "'2021-03-28'"),
    'no months of no day': (text_of % plus_months('cast(null as date)', 1), 'null'),
    'the day after': (text_of % plus_days(day % '2020-02-28', 1), "'2020-02-29'"),
    'days between': (text_of % days_between(day % '2020-02-28', day % '2020-03-01'), "'2'"),
    'days back': (text_of % days_between(day % '2020-03-01', day % '2020-02-28'), "'-2'"),
    'no day of no year': (text_of % day_of_year('cast(null as integer)', 12, 31), 'null'),
    'whole part towards zero': (text_of % ('cast(' ~ whole_quotient('cast(-7 as bigint)', 2) ~ ' as bigint)'), "'-3'"),
    'half up': (text_of % rate('1', '2000000'), "'0.000001'"),
    'under half': (text_of % rate('1', '2000001'), "'0.000000'"),
    'nothing by zero': (text_of % rate('1', '0'), 'null'),
    'a quotient past 2^63': (
        text_of % exact_quotient('99999999999.999999', '99999999999.999999', 18, 6), "'1.000000'"
    ),
    'a negative half, up': (text_of % displayed_at('-1', '2', '0'), "'0.000000'"),
    'under a negative half': (text_of % displayed_at('-3', '4', '0'), "'-1.000000'"),
    'tens': (text_of % displayed_at('15', '1', '-1'), "'20.000000'"),
    'a quote in a text': (text_of % "length(chr(39) || 'a' || chr(39))", "'3'"),
    'a text with no part': ("concat_ws('/', 'a', cast(null as " ~ text_type() ~ "), 'b')", "'a/b'"),
    'a month as text': (month_text(day % '2021-03-01'), "'2021-03'"),
} %}
with probes as (
    {%- for name, (found, expected) in probes.items() %}
    select
        '{{ name }}' as probe,
        cast({{ found }} as {{ text_type() }}) as found,
        cast({{ expected }} as {{ text_type() }}) as expected
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

numbers as (
    select
        1 as place,
        cast(null as integer) as given,
        cast(0.1 as decimal(18, 6)) as amount
    union all
    select
        2 as place,
        2 as given,
        cast(0.2 as decimal(18, 6)) as amount
),

-- Of a group: its median, its sum as a decimal, one value of those that are there, the rank of an unknown value.
of_groups as (
    select
        'median of an even number' as probe,
        cast(cast({{ median_of('place') }} as decimal(9, 1)) as {{ text_type() }}) as found,
        '1.5' as expected
    from numbers
    union all
    select
        'sum of decimals' as probe,
        cast(cast(sum(amount) as decimal(18, 6)) as {{ text_type() }}) as found,
        '0.300000' as expected
    from numbers
    union all
    select
        'any value that is there' as probe,
        cast({{ one_of('given') }} as {{ text_type() }}) as found,
        '2' as expected
    from numbers
    union all
    select
        'the first one' as probe,
        cast({{ first_of('amount', 'place') }} as {{ text_type() }}) as found,
        '0.100000' as expected
    from numbers
    union all
    select
        'texts in order' as probe,
        {{ joined('cast(place as ' ~ text_type() ~ ')', ', ', 'place') }} as found,
        '1, 2' as expected
    from numbers
    union all
    select
        'the parts of a text' as probe,
        {{ joined('part', ', ', 'part') }} as found,
        'a, b' as expected
    from (select {{ each_part("'b|a'") }} as part) as parts
    union all
    select
        'whole numbers, both ends included' as probe,
        {{ joined('cast(number as ' ~ text_type() ~ ')', ', ', 'number') }} as found,
        '1, 2, 3' as expected
    from (select {{ each_whole_number(1, 3) }} as number) as whole_numbers
    union all
    select
        'an unknown value comes last' as probe,
        cast(max(case when given is null then rank_of_it end) as {{ text_type() }}) as found,
        '2' as expected
    from (
        select
            given,
            rank() over (order by given nulls last) as rank_of_it
        from numbers
    ) as ranked
)

select * from probes
where found is distinct from expected
union all
select * from of_groups
where found is distinct from expected
