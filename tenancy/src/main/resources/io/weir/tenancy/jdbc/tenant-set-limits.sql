UPDATE tenant
SET requests_per_minute = ?, tokens_per_minute = ?, monthly_budget_nanos = ?, version = ?
WHERE organisation = ? AND id = ?
RETURNING organisation, id, name, requests_per_minute, tokens_per_minute, monthly_budget_nanos, sensitivity, threshold_milli, models, unsupported
