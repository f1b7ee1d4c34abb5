INSERT INTO epoch (organisation, epoch, mode, redis_run_id)
VALUES (?, ?, 'REDIS', ?)
ON CONFLICT (organisation) DO UPDATE SET epoch = excluded.epoch, mode = excluded.mode, redis_run_id = excluded.redis_run_id
