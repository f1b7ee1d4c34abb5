-- Notes how many output tokens calls under way have delivered, and what will be booked, on those holds that still stand (DESIGN.md 7.5).
-- KEYS: 1 seeded mark
-- ARGV: 1 key prefix, 2 number, then per call: the hold's name, output tokens, what is booked
local prefix = ARGV[1]
for i = 1, tonumber(ARGV[2]) do
  local a = 2 + (i - 1) * 3
  local hold = prefix .. 'h:' .. ARGV[a + 1]
  if redis.call('EXISTS', hold) == 1 then redis.call('HSET', hold, 'delivered', ARGV[a + 2], 'booking', ARGV[a + 3]) end
end
return 'NOTED'
