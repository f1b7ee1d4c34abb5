-- Lays an epoch's counters and holds from one snapshot of the ledger, or single counters of an epoch that stands (DESIGN.md 7.1, 7.8).
-- What is there already is left as it is.
-- KEYS: 1 seeded mark
-- ARGV: 1 key prefix, 2 extent (WHOLE or SINGLE), 3 number of counters, 4 number of holds, then per counter: its key behind the prefix, settled,
--       held; then per hold: its name, nanos, tokens, from, to (ms), start, who, scopes
local prefix, whole = ARGV[1], ARGV[2] == 'WHOLE'
local counters, holds = tonumber(ARGV[3]), tonumber(ARGV[4])
local seeded = redis.call('EXISTS', KEYS[1]) == 1

if whole and seeded then return 'ALREADY' end
if not whole and not seeded then return 'UNSEEDED' end

local clock = redis.call('TIME')
local now_ms = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)

for i = 1, counters do
  local a = 4 + (i - 1) * 3
  local counter = prefix .. 'b:' .. ARGV[a + 1]
  if redis.call('EXISTS', counter) == 0 then redis.call('HSET', counter, 'settled', ARGV[a + 2], 'held', ARGV[a + 3]) end
end
for i = 1, holds do
  local a = 4 + counters * 3 + (i - 1) * 8
  local name = ARGV[a + 1]
  local hold = prefix .. 'h:' .. name
  if redis.call('EXISTS', hold) == 0 then
    redis.call('HSET', hold, 'nanos', ARGV[a + 2], 'tokens', ARGV[a + 3], 'from', ARGV[a + 4], 'to', ARGV[a + 5], 'start', ARGV[a + 6],
        'who', ARGV[a + 7], 'scopes', ARGV[a + 8], 'counted', '0', 's0', ARGV[a + 2] .. ' ' .. ARGV[a + 3])
    redis.call('ZADD', prefix .. 'holds', now_ms, name)
  end
end
if whole then redis.call('SET', KEYS[1], '1') end
return 'SEEDED'
