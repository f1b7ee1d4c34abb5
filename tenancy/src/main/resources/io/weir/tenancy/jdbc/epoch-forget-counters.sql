DELETE FROM seeded_counter WHERE organisation = ? AND epoch < ?
