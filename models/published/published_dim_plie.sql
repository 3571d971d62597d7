{{ published_mart('dim_plie') }}
