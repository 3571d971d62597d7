{{ published_aggregate('survey_team_size', ['team']) }}
