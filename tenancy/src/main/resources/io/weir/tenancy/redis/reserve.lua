-- Grants one worst case in every scope, or nothing in any (DESIGN.md 7.1). Sums are whole nano-dollars below 2^53: exact as doubles.
-- KEYS: 1 seeded mark, 2 holds, 3 hold record, then per scope: request bucket, token bucket, counter of this period, of the next one
-- ARGV: 1 mode, 2 the hold's name, 3 slice, 4 takes from the request buckets (1 or 0), 5 start, 6 who, 7 scopes joined by commas,
--       8 period from, 9 period to, 10 end of the next period (ms), 11 number of scopes, 12 number of steps,
--       then per scope: requests, tokens, budget (-1: none), then per step: nanos, tokens
local TICKS_A_WINDOW = 60000000
local BUCKET_TTL_MS = 120000
local FINE_UP_TO = 100000000

local mode, name, slice = ARGV[1], ARGV[2], ARGV[3]
local counted = ARGV[4] == '1'
local scopes, steps = tonumber(ARGV[11]), tonumber(ARGV[12])

if redis.call('EXISTS', KEYS[1]) == 0 then return {'UNSEEDED'} end

local clock = redis.call('TIME')
local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local now_ms = math.floor(now_us / 1000)

local standing = redis.call('HMGET', KEYS[3], 'from', 'to', 's' .. slice)
if mode == 'RESERVE' and standing[3] then
  local nanos, tokens = string.match(standing[3], '^(%d+) (%d+)$')
  return {'GRANTED', tonumber(nanos), tonumber(tokens), tonumber(standing[1]), tonumber(standing[2])}
end
if slice ~= '0' and not standing[1] then return {'GONE'} end

-- The period: of the hold where one stands, else by TIME.
local from, to, which
local current_from, current_to, next_to = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local reference = standing[1] and tonumber(standing[1]) or now_ms
if reference >= current_from and reference < current_to then
  from, to, which = current_from, current_to, 3
elseif reference >= current_to and reference < next_to then
  from, to, which = current_to, next_to, 4
else
  return {'OUTSIDE'}
end

local function bucket(key, capacity)
  local tick = capacity <= FINE_UP_TO and 1 or 1000
  local window = TICKS_A_WINDOW / tick
  local now = math.floor(now_us / tick)
  local full = capacity * window
  local state = redis.call('HMGET', key, 'level', 'at', 'tick')
  local level = full
  if state[1] then
    level = tonumber(state[1])
    local at, old = tonumber(state[2]), tonumber(state[3])
    if old ~= tick then
      level, at = math.floor(level * old / tick), math.floor(at * old / tick)
    end
    local passed = math.max(0, now - at)
    if passed >= window then
      level = full
    else
      level = math.min(full, level + capacity * passed)
    end
  end
  return { key = key, capacity = capacity, tick = tick, window = window, now = now, level = level }
end

-- Microseconds until a bucket holds so many.
local function wait(b, need)
  local missing = need * b.window - b.level
  if missing <= 0 then return 0 end
  return math.ceil(missing / b.capacity) * b.tick
end

local function take(b, need)
  redis.call('HSET', b.key, 'level', b.level - need * b.window, 'at', b.now, 'tick', b.tick, 'cap', b.capacity)
  redis.call('PEXPIRE', b.key, BUCKET_TTL_MS)
end

local limits = {}
for i = 1, scopes do
  local k, a = 3 + (i - 1) * 4, 12 + (i - 1) * 3
  local counter = KEYS[k + which]
  local sums = redis.call('HMGET', counter, 'settled', 'held')
  if not sums[1] or not sums[2] then return {'UNKNOWN', i, from, to} end
  local requests, tokens = tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2])
  limits[i] = {
    counter = counter, settled = tonumber(sums[1]), held = tonumber(sums[2]), budget = tonumber(ARGV[a + 3]),
    requests = counted and requests >= 0 and bucket(KEYS[k + 1], requests) or nil,
    tokens = tokens >= 0 and bucket(KEYS[k + 2], tokens) or nil,
  }
end

-- Gravest first; of equal ones the longest wait. A wait of -1 is unknown or never.
local RANK = { ABOVE_BUDGET = 6, ABOVE_TOKEN_CAPACITY = 5, BUDGET_EXHAUSTED = 4, BUDGET_HELD = 3, REQUEST_QUOTA = 1, TOKEN_QUOTA = 1 }

local function refusal(nanos, tokens)
  local worst
  local function note(cause, us)
    if not worst or RANK[cause] > RANK[worst.cause] or (RANK[cause] == RANK[worst.cause] and us > worst.us) then
      worst = { cause = cause, us = us }
    end
  end
  for i = 1, scopes do
    local l = limits[i]
    if nanos > 0 and l.budget >= 0 then
      if nanos > l.budget then
        note('ABOVE_BUDGET', -1)
      elseif l.settled + nanos > l.budget then
        note('BUDGET_EXHAUSTED', to * 1000 - now_us)
      elseif l.settled + l.held + nanos > l.budget then
        note('BUDGET_HELD', -1)
      end
    end
    if l.requests then
      local us = wait(l.requests, 1)
      if us > 0 then note('REQUEST_QUOTA', us) end
    end
    if l.tokens then
      if tokens > l.tokens.capacity then
        note('ABOVE_TOKEN_CAPACITY', -1)
      else
        local us = wait(l.tokens, tokens)
        if us > 0 then note('TOKEN_QUOTA', us) end
      end
    end
  end
  return worst
end

local mildest
for s = 1, steps do
  local a = 12 + scopes * 3 + (s - 1) * 2
  local nanos, tokens = tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2])
  local refused = refusal(nanos, tokens)
  if not refused then
    if mode == 'RESERVE' then
      for i = 1, scopes do
        local l = limits[i]
        if l.requests then take(l.requests, 1) end
        if l.tokens then take(l.tokens, tokens) end
        redis.call('HINCRBY', l.counter, 'held', ARGV[a + 1])
      end
      redis.call('HINCRBY', KEYS[3], 'nanos', ARGV[a + 1])
      redis.call('HINCRBY', KEYS[3], 'tokens', ARGV[a + 2])
      redis.call('HSET', KEYS[3], 's' .. slice, ARGV[a + 1] .. ' ' .. ARGV[a + 2])
      if slice == '0' then
        redis.call('HSET', KEYS[3], 'from', from, 'to', to, 'start', ARGV[5], 'who', ARGV[6], 'scopes', ARGV[7], 'counted', ARGV[4])
        redis.call('ZADD', KEYS[2], now_ms, name)
      end
    end
    return {'GRANTED', nanos, tokens, from, to}
  end
  if not mildest or RANK[refused.cause] < RANK[mildest.cause]
      or (RANK[refused.cause] == RANK[mildest.cause] and refused.us < mildest.us) then
    mildest = refused
  end
end
return {'REFUSED', mildest.cause, mildest.us}
