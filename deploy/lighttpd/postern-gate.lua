-- postern-gate.lua: runs twice for a request to a protected path, before lighttpd asks the gate and after it was
-- allowed (magnet.attract-physical-path-to). The second time it makes sure that there was an answer, takes the
-- credentials out of the request and tells an HTTP server behind lighttpd who is asking. lighttpd knows no other
-- way to do either.
local request = lighty.r
local header, env = request.req_header, request.req_env
local asked = env["POSTERN_ASKED"]
env["POSTERN_ASKED"] = "1"

-- Fields that a client may not send, in any spelling (lighttpd passes "_" and "." on): who is asking, and by which some
-- programs let a client say another method than the one that was decided about.
local methods = {["x-http-method"] = true, ["x-http-method-override"] = true, ["x-method-override"] = true}
local unwanted = {}
-- WebSocket is the one protocol that a request may change to: in another, HTTP/2 for one, whole requests would follow
-- that nobody decides about.
local changes = header["Upgrade"] and header["Upgrade"]:lower() ~= "websocket"
for name in pairs(header) do
	local plain = name:lower():gsub("[._]", "-")
	if plain:match("^x%-postern%-") or methods[plain] or plain == "proxy" or (asked and plain == "authorization")
		or plain == "http2-settings" or (changes and plain == "upgrade") then
		unwanted[#unwanted + 1] = name
	end
end
for _, name in ipairs(unwanted) do
	header[name] = nil
end
if not asked then
	return 0
end

-- lighttpd takes a FastCGI request that ended without an answer for an allowed one. An answer names itself.
if env["POSTERN_GATE"] ~= "allow" then
	return 503
end

local cookies = header["Cookie"]
if cookies then
	cookies = (";" .. cookies):gsub(";%s*sessionid=[^;]*", ""):gsub(";%s*__Host%-sessionid=[^;]*", ""):gsub("^;%s*", "")
	header["Cookie"] = cookies ~= "" and cookies or nil
end
header["X-Postern-User"] = env["POSTERN_USER"]
header["X-Postern-User-Id"] = env["POSTERN_USER_ID"]
header["X-Postern-Token-Id"] = env["POSTERN_TOKEN_ID"]
header["X-Postern-Write"] = env["POSTERN_WRITE"]
return 0
