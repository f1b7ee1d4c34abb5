-- Whether a living gateway may still have intents to record again since PostgreSQL's start: not when every other start has ended or has a later start of
-- its name, which proves it dead.
SELECT now() < greatest(pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter)) + ? * interval '1 second'
   AND EXISTS (SELECT FROM gateway_start s
               WHERE s.ended_at IS NULL AND s.start_id <> ?
                 AND NOT EXISTS (SELECT FROM gateway_start later WHERE later.name = s.name AND later.sequence > s.sequence)) AS settling
