-- When this server began to answer. A crash of one backend restarts the others under the same postmaster and may lose the last asynchronous commits too; it
-- discards the statistics, which says so.
SELECT greatest(pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter)) AS started_at,
       (SELECT epoch FROM epoch WHERE organisation = ?) AS epoch
