{{ config(tags=['D17']) }}
-- D17: the rate without neutralised exits is never presented as a return to work: no label and no definition of a measure that is
-- divided by the named one has one of the misleading words.
with measures as (select * from {{ ref('measures') }}),

misleading_words as (select * from {{ ref('misleading_words') }})

select
    measures.mart,
    measures.cut,
    measures.measure,
    'Take the word "' || misleading_words.word_fr || '" out of label_fr and definition_fr of seeds/reference/measures.csv ('
    || misleading_words.rule_id || ').' as problem
from measures
inner join misleading_words on measures.denominator = misleading_words.measure
where contains(lower(concat_ws(' ', measures.label_fr, measures.definition_fr)), misleading_words.word_fr)
