-- Holds older than an age, oldest first (DESIGN.md 7.7).
-- KEYS: 1 seeded mark
-- ARGV: 1 key prefix, 2 age (ms), 3 at most so many
local prefix = ARGV[1]
local clock = redis.call('TIME')
local before = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000) - tonumber(ARGV[2])
local names = redis.call('ZRANGEBYSCORE', prefix .. 'holds', '-inf', string.format('%.0f', before), 'LIMIT', 0, ARGV[3])
local found = {}
for _, name in ipairs(names) do
  local hold = redis.call('HMGET', prefix .. 'h:' .. name, 'nanos', 'tokens', 'from', 'to', 'start', 'who', 'scopes', 'delivered', 'booking')
  if hold[1] then
    table.insert(found, name)
    for i = 1, 9 do table.insert(found, hold[i] or '') end
  else
    redis.call('ZREM', prefix .. 'holds', name)
  end
end
return found
