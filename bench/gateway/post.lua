wrk.method = "POST"
wrk.body = os.getenv("WEIR_BODY")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("WEIR_KEY")
