INSERT INTO tenant (organisation, id, name, requests_per_minute, tokens_per_minute, monthly_budget_nanos, sensitivity, threshold_milli, models, version, unsupported)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (organisation, id) DO NOTHING
