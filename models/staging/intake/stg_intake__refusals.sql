-- Empty when the sample is built: nothing was taken in.
select * from {{ source('intake', 'refusals') }}
