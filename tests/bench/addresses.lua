-- Asks for the addresses of a file, given as the first argument, in turn; prints figures as one line of JSON.
-- A line may have a tag after a blank: then the answer is asked for only where it is another one by now.
local requests, at = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, tag = line:match("^(%S+) (.+)$")
    local headers = tag and {["If-None-Match"] = tag, ["Accept-Encoding"] = "gzip"} or nil
    requests[#requests + 1] = wrk.format("GET", path or line, headers)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'figures: {"requests":%d,"seconds":%.6f,"p50":%.1f,"p99":%.1f,"status":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    e.status, e.connect, e.read, e.write, e.timeout))
end
