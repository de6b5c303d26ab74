-- flood.lua: passwords of names that do not exist, each costing a whole hash. NAMES holds Basic credentials, one a line. For wrk.
local names = {}
for line in io.lines(os.getenv("NAMES")) do
	names[#names + 1] = line
end
local turn = 0

function request()
	turn = turn % #names + 1
	return wrk.format("POST", "/api/users/tokens/", {Authorization = "Basic " .. names[turn]}, "{}")
end
