-- The Redis half of settling (DESIGN.md 7.6): per ledger row once, whoever sends it and however often. All rows or none.
-- KEYS: 1 seeded mark
-- ARGV: 1 key prefix, 2 how long a row's mark lives (ms), 3 number of rows, then per row: the hold's name, the row's mark ('' for a hold that
--       is let go without a row), whether it ends the hold (1 or 0), nanos, period from (ms), scopes joined by commas, tokens used (-1: nothing goes
--       back), requests to give back (1 or 0)
local TICKS_A_WINDOW = 60000000
local prefix, ttl, rows = ARGV[1], ARGV[2], tonumber(ARGV[3])

if redis.call('EXISTS', KEYS[1]) == 0 then return 'UNSEEDED' end

local clock = redis.call('TIME')
local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])

local function give_back(key, count)
  if count <= 0 then return end
  local state = redis.call('HMGET', key, 'level', 'at', 'tick', 'cap')
  if not state[1] then return end
  local level, at, tick, capacity = tonumber(state[1]), tonumber(state[2]), tonumber(state[3]), tonumber(state[4])
  local window = TICKS_A_WINDOW / tick
  local full = capacity * window
  local now = math.floor(now_us / tick)
  local passed = math.max(0, now - at)
  if passed >= window or count >= capacity then
    level = full
  else
    level = math.min(full, level + capacity * passed)
    level = math.min(full, level + count * window)
  end
  redis.call('HSET', key, 'level', level, 'at', math.max(at, now))
end

local function let_go(name, used, requests)
  local hold = prefix .. 'h:' .. name
  local state = redis.call('HMGET', hold, 'nanos', 'tokens', 'from', 'scopes', 'counted')
  if state[1] then
    for scope in string.gmatch(state[4], '[^,]+') do
      local counter = prefix .. 'b:' .. scope .. ':' .. state[3]
      if state[1] ~= '0' and redis.call('HEXISTS', counter, 'held') == 1 then
        redis.call('HINCRBY', counter, 'held', '-' .. state[1])
      end
      if used >= 0 then give_back(prefix .. 'k:' .. scope, tonumber(state[2]) - used) end
      if requests == '1' and state[5] == '1' then give_back(prefix .. 'r:' .. scope, 1) end
    end
  end
  redis.call('DEL', hold)
  redis.call('ZREM', prefix .. 'holds', name)
end

for i = 1, rows do
  local a = 3 + (i - 1) * 8
  local name, mark, ends, nanos, from, scopes = ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4], ARGV[a + 5], ARGV[a + 6]
  if ends == '1' then let_go(name, tonumber(ARGV[a + 7]), ARGV[a + 8]) end
  if mark ~= '' and redis.call('SET', prefix .. 'm:' .. mark, '1', 'NX', 'PX', ttl) then
    for scope in string.gmatch(scopes, '[^,]+') do
      local counter = prefix .. 'b:' .. scope .. ':' .. from
      if redis.call('HEXISTS', counter, 'settled') == 1 then redis.call('HINCRBY', counter, 'settled', nanos) end
    end
  end
end
return 'APPLIED'
