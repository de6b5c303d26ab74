-- invalid.lua: each request brings another well-formed key that nobody was given. For wrk.
math.randomseed(os.time())

function request()
	local key = {}
	for i = 1, 5 do
		key[i] = string.format("%08x", math.random(0, 0x7fffffff))
	end
	return wrk.format("GET", nil, {Authorization = "Token " .. table.concat(key)})
end
