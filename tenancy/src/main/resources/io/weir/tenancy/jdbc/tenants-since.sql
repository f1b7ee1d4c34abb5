SELECT organisation, id, name, requests_per_minute, tokens_per_minute, monthly_budget_nanos, sensitivity, threshold_milli, models, unsupported
FROM tenant
WHERE version > ?
