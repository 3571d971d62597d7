-- D1A: the parcours of a person and year are taken in order of entry date, then number. One is kept when it begins no
-- earlier than the day on which the last kept one ended; an excluded one no longer counts against those that follow,
-- so that this needs recursion: a window cannot do it.
{{ overlapping_parcours(ref('int_plie__parcours_dated')) }}
