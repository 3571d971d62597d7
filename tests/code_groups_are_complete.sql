-- Every family of codes that readers see holds every code of its list: a code without a family would be in no figure of it.
with code_lists as (select * from {{ ref('code_lists') }}),

code_groups as (select * from {{ ref('code_groups') }})

select
    code_lists.code_list,
    code_lists.code
from code_lists
left join code_groups using (code_list, code)
where
    code_groups.code is null
    and code_lists.code_list in (select grouped.code_list from code_groups as grouped)
