{{ published_mart('dim_territory') }}
