INSERT INTO seeded_counter (organisation, epoch, scope, period_from) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
