SELECT pg_postmaster_start_time() AS started_at, (SELECT epoch FROM epoch WHERE organisation = ?) AS epoch
