-- mixed.lua: what clients ask in turn; TOKEN and BASIC come from the environment. For wrk.
local token, basic = os.getenv("TOKEN"), os.getenv("BASIC")
local auth = {Authorization = "Token " .. token}
local json = {Authorization = "Token " .. token, ["Content-Type"] = "application/json"}
local turn = 0

function request()
	turn = turn + 1
	if turn % 200 == 0 then
		return wrk.format("POST", "/api/users/tokens/", json, '{"description": "made by the benchmark"}')
	elseif turn % 199 == 0 then
		return wrk.format("POST", "/api/users/tokens/", {Authorization = basic}, '{')
	elseif turn % 5 == 0 then
		return wrk.format("GET", "/api/users/tokens/?limit=5", auth)
	elseif turn % 7 == 0 then
		return wrk.format("GET", "/nothing/", auth)
	elseif turn % 3 == 0 then
		return wrk.format("GET", "/gated.txt", {Authorization = string.format("Token %040x", turn)})
	end
	return wrk.format("GET", "/gated.txt", auth)
end
