-- D40: hours of each contract on each lot, counted or not, over all months. The contract and the lot are the same in each month.
-- D44: a procurement is numbered by buyer and number, so that several structures share it. D45: hours by employer and awardee.
with hours as (select * from {{ ref('int_clause__hours') }}),

deliveries as (select * from {{ ref('int_clause__deliveries') }}),

contract_lots as (
    select
        hours.reporting_year,
        hours.structure_code,
        hours.work_contract_id,
        hours.buyer_id,
        hours.procurement_id,
        hours.lot_no,
        {{ one_of('hours.buyer_type') }} as buyer_type,
        {{ one_of('hours.nature') }} as nature,
        {{ one_of('hours.awardee_type') }} as awardee_type,
        {{ one_of('hours.employer_id') }} as employer_id,
        {{ one_of('hours.employer_type') }} as employer_type,
        {{ one_of('hours.beneficiary_id') }} as beneficiary_id,
        hours.is_counted,
        {{ hours_sum('hours.hours') }} as hours_delivered,
        {{ hours_where('hours.hours', 'hours.is_counted') }} as hours_counted,
        {{ hours_where('hours.hours', 'not hours.is_counted') }} as hours_excluded,
        {{ hours_where('hours.hours', 'hours.is_counted and hours.employer_type is not null') }} as hours_employer_known,
        {{ hours_where('hours.hours', 'hours.is_counted and hours.is_iae_employer') }} as hours_employer_iae,
        {{ hours_where('hours.hours', 'hours.is_counted and hours.is_iae_geiq_rq_employer') }}
            as hours_employer_iae_geiq_rq,
        {{ hours_where('hours.hours', 'hours.is_counted and hours.awardee_type is not null') }} as hours_awardee_known,
        {{ hours_where('hours.hours', 'hours.is_counted and hours.is_iae_awardee') }} as hours_awardee_iae,
        {{ hours_where('hours.hours', 'hours.is_counted and hours.is_iae_geiq_rq_awardee') }} as hours_awardee_iae_geiq_rq
    from hours
    inner join deliveries using (reporting_year, structure_code)
    group by
        hours.reporting_year,
        hours.structure_code,
        hours.work_contract_id,
        hours.buyer_id,
        hours.procurement_id,
        hours.lot_no,
        hours.is_counted
),

-- Names that several structures share, as numbers: to count distinct numbers is faster.
final as (
    select
        *,
        dense_rank() over (order by buyer_id nulls last, procurement_id nulls last) as procurement_number,
        dense_rank() over (order by buyer_id nulls last) as buyer_number,
        case when employer_id is not null then dense_rank() over (order by employer_id nulls last) end as employer_number,
        dense_rank() over (order by structure_code nulls last, beneficiary_id nulls last) as beneficiary_number,
        dense_rank() over (order by structure_code nulls last, work_contract_id nulls last) as work_contract_number
    from contract_lots
)

select * from final
