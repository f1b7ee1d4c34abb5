SELECT epoch, mode, redis_run_id FROM epoch WHERE organisation = ?
