-- The checkpoints of some holds.
-- KEYS: 1 seeded mark
-- ARGV: 1 key prefix, then names of holds
local found = {}
for i = 2, #ARGV do
  found[i - 1] = redis.call('HGET', ARGV[1] .. 'h:' .. ARGV[i], 'delivered') or ''
end
return found
