import Digest
import Foundation
import TestSupport
import Testing

/// Comparisons name what vendors did wrong, and nothing else; they never say that all is well when they do not know.
@Suite struct ParityAcceptanceTests {
    private static let vendors = ["lago", "polar", "flexprice"]

    private func plant(_ migration: Migration) async throws {
        for (seed, vendor) in Self.vendors.enumerated() {
            let odds = #"{"lose":0.02,"alter":0.02,"double":0.01,"seed":\#(seed)}"#
            try await migration.setSettings(vendor, odds)
        }
    }

    /// Sends events to a vendor that the gateway knows nothing of.
    private func sendForeign(_ migration: Migration, _ count: Int) async throws {
        let time = Date().addingTimeInterval(-1800)
        let text = time.ISO8601Format()
        func list(_ event: (Int) -> String) -> String {
            "{\"events\":[\((0..<count).map(event).joined(separator: ","))]}"
        }
        let requests: [(String, String, [String: String])] = [
            (
                "/lago/api/v1/events/batch",
                list { number in
                    #"{"transaction_id":"foreign\#(number)","external_subscription_id":"sub_c1","code":"api_1","#
                        + #""timestamp":\#(Int(time.timeIntervalSince1970)),"properties":{"units":\#(number)}}"#
                },
                ["Authorization": "Bearer \(Stage.credentials["E2E_LAGO"] ?? "")"]
            ),
            (
                "/polar/v1/events/ingest",
                list { number in
                    #"{"name":"api_1","external_id":"foreign\#(number)","external_customer_id":"c1","#
                        + #""timestamp":"\#(text)","metadata":{"units":\#(number),"kind":"foreign\#(number)"}}"#
                },
                ["Authorization": "Bearer \(Stage.credentials["E2E_POLAR"] ?? "")"]
            ),
            (
                "/flexprice/v1/events/bulk",
                list { number in
                    #"{"event_id":"foreign\#(number)","event_name":"api_1","external_customer_id":"c1","#
                        + #""timestamp":"\#(text)","properties":{"units":"\#(number)"}}"#
                },
                ["x-api-key": Stage.credentials["E2E_FLEXPRICE"] ?? ""]
            ),
        ]
        for (path, body, headers) in requests {
            let answer = try await migration.stage.sandbox.post(path, body, headers: headers)
            #expect((200..<300).contains(answer.status), "\(answer.text)")
        }
    }

    @Test func `names each event that a vendor lost, doubled or altered, and each that the gateway never sent`()
        async throws
    {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(Self.vendors)
            try await stage.withGateway { _ async throws in
                try await plant(migration)
                try await migration.send(0..<Migration.events(1200))
                try await migration.waitForDeliveries(Self.vendors)
                // From here on nothing is damaged, so that what is there stays as it is.
                for vendor in Self.vendors {
                    try await migration.setSettings(vendor, #"{"lose":0,"alter":0,"double":0}"#)
                }
                let foreign = 5
                try await sendForeign(migration, foreign)
                let (id, run) = try await migration.compare(Self.vendors)
                #expect(run["verdict"] as? String == "different", "\(run)")
                let findings = try await migration.findings(id)
                #expect(Set(findings).count == findings.count)
                for vendor in Self.vendors {
                    let planted = try await migration.planted(vendor)
                    func found(_ cause: String) -> Set<String> {
                        Set(findings.filter { $0.provider == vendor && $0.cause == cause }.map(\.id))
                    }
                    for kind in ["lost", "doubled", "altered"] { #expect(planted[kind]?.isEmpty == false) }
                    #expect(found("lost_after_accept") == planted["lost"], "\(vendor)")
                    #expect(found("doubled") == planted["doubled"], "\(vendor)")
                    #expect(found("content") == planted["altered"], "\(vendor)")
                    #expect(findings.count { $0.provider == vendor && $0.cause == "foreign" } == foreign, "\(vendor)")
                    let known = ["lost_after_accept", "doubled", "content", "foreign"]
                    let others = findings.filter { $0.provider == vendor && !known.contains($0.cause) }
                    #expect(others.isEmpty, "\(others.prefix(5))")
                }
                let again = try await migration.compare(Self.vendors)
                #expect(try await Set(migration.findings(again.id)) == Set(findings), "the same run finds the same")
            }
        }
    }

    @Test func `mends what was lost, and is clean the second time`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"])
            try await migration.stage.withGateway { _ async throws in
                try await migration.setSettings("polar", #"{"lose":0.05,"seed":3}"#)
                try await migration.send(0..<400)
                try await migration.waitForDeliveries(["lago", "polar"])
                try await migration.setSettings("polar", #"{"lose":0}"#)
                let lost = try await migration.planted("polar")["lost"] ?? []
                let (id, _) = try await migration.compare(["lago", "polar"])
                let findings = try await migration.findings(id)
                #expect(Set(findings.map(\.id)) == lost && findings.allSatisfy { $0.cause == "lost_after_accept" })
                let resolve = try await migration.run(["parity", "resolve", "\(id)", "--resend"])
                #expect(resolve.code == 0, "\(resolve.text)")
                try await waitUntil("all of it is there") {
                    try await migration.planted("polar")["mended"] == lost
                }
                let second = try await migration.compare(["lago", "polar"])
                #expect(second.run["verdict"] as? String == "equal", "\(second.run)")
            }
        }
    }

    @Test func `counts and mends what Polar lost by sending everything again`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"])
            try await migration.stage.withGateway { _ async throws in
                try await migration.setSettings("polar", #"{"lose":0.03,"seed":5}"#)
                try await migration.send(0..<600)
                try await migration.waitForDeliveries(["lago", "polar"])
                try await migration.setSettings("polar", #"{"lose":0}"#)
                let lost = try await migration.planted("polar")["lost"] ?? []
                try #require(!lost.isEmpty)
                let (from, until) = migration.window
                let window = ["parity", "run", "--from", from, "--until", until, "--json"]
                let method = ["--method", "resend"]
                let refused = try await migration.run(window + method + ["--providers", "lago,polar"])
                #expect(refused.code == 2 && refused.text.contains("Lago does not tell"), "\(refused.text)")
                let before = try await migration.calls("polar")["writes"] ?? 0
                let first = try await migration.run(window + method + ["--providers", "polar"])
                #expect(first.code == 1 && first.text.contains("\"count\":\(lost.count)"), "\(first.text)")
                // Three names.
                #expect(try await migration.calls("polar")["writes"] == before + 3)
                #expect(try await migration.planted("polar")["mended"] == lost)
                let second = try await migration.run(window + method + ["--providers", "polar"])
                #expect(second.code == 0, "\(second.text)")
                // What a list shows says the same.
                let read = try await migration.run(window + ["--providers", "lago,polar"])
                #expect(read.code == 0, "\(read.text)")
            }
        }
    }

    @Test func `gives a vendor the time that it takes to show events`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"], lag: "4s")
            try await migration.stage.withGateway { _ async throws in
                try await migration.setSettings("polar", #"{"visible_after_ms":3000}"#)
                try await migration.send(0..<40)
                try await migration.waitForDeliveries(["lago", "polar"])
                let (id, run) = try await migration.compare(["lago", "polar"])
                #expect(run["verdict"] as? String == "equal", "\(run)")
                #expect(try await migration.findings(id).isEmpty)
            }
        }
    }

    @Test func `says of what waits here that it waits, without a call to the vendor`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"])
            try await migration.stage.withGateway { _ async throws in
                #expect(try await migration.run(["providers", "hold", "lago", "--for", "1h"]).code == 0)
                let waiting = try await migration.send(0..<40)
                try await migration.waitForDeliveries(["polar"])
                let (id, _) = try await migration.compare(["lago"], level: "ledger")
                let held = waiting.map { Migration.Finding(provider: "lago", cause: "waiting", id: $0) }
                #expect(try await Set(migration.findings(id)) == Set(held))
                #expect(try await migration.calls("lago") == Self.noCalls)
            }
        }
    }

    @Test func `finds by Polar's sums a lost event that a foreign one stands in for`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            let authorization = ["Authorization": "Bearer \(Stage.credentials["E2E_POLAR"] ?? "")"]
            let meter =
                try await stage.sandbox.post(
                    "/polar/v1/meters/",
                    #"""
                    {"name":"Units","aggregation":{"func":"sum","property":"units"},"filter":{"conjunction":"and",
                     "clauses":[{"property":"name","operator":"eq","value":"api_1"}]}}
                    """#,
                    headers: authorization
                ).object()["id"] as? String
            // The last whole hour.
            let hour = (Int(Date().timeIntervalSince1970) / 3600 - 1) * 3600
            let reads = #""rate_limit": "10000/s", "reads": {"lag": "300ms""#
            try migration.writeRoutes(["lago", "polar"], settings: ["polar": reads + "}"])
            try await stage.withGateway { _ async throws in
                try await migration.setSettings("polar", #"{"lose":0.005,"seed":3}"#)
                let events = (0..<1000).map { number in
                    #"{"id":"s\#(number)","name":"api_1","customer_id":"c1","timestamp":\#(hour + number),"#
                        + #""properties":{"units":\#(number % 10).25}}"#
                }
                for start in stride(from: 0, to: 1000, by: 100) {
                    let batch = events[start..<(start + 100)].joined(separator: ",")
                    #expect(try await stage.client.post("/v1/events", "[\(batch)]").status == 202)
                }
                try await migration.waitForDeliveries(["lago", "polar"])
                let lost = try await migration.planted("polar")["lost"] ?? []
                try #require(!lost.isEmpty)
                try await migration.setSettings("polar", #"{"lose":0}"#)
                let foreign = (0..<lost.count).map { number in
                    #"{"name":"api_1","external_id":"foreign\#(number)","external_customer_id":"c1","#
                        + #""timestamp":"\#(Date(timeIntervalSince1970: Double(hour + 1500)).ISO8601Format())","#
                        + #""metadata":{"units":77,"number":\#(number)}}"#
                }
                let body = "{\"events\":[\(foreign.joined(separator: ","))]}"
                #expect(
                    try await stage.sandbox.post("/polar/v1/events/ingest", body, headers: authorization).status == 200
                )
                // The counts are as they should be.
                let (_, counted) = try await migration.compare(["polar"], level: "digest", sample: 0)
                #expect(counted["verdict"] as? String == "equal", "\(counted)")
                let metered = #", "metered": {"api_1": {"property": "units", "meter": "\#(meter ?? "")"}}}"#
                try migration.writeRoutes(["lago", "polar"], settings: ["polar": reads + metered])
                try await migration.reload()
                let (id, summed) = try await migration.compare(["polar"], level: "digest", sample: 0)
                #expect(summed["verdict"] as? String == "different", "\(summed)")
                let found = Dictionary(grouping: try await migration.findings(id), by: \.cause)
                #expect(Set(found["lost_after_accept"]?.map(\.id) ?? []) == lost)
                #expect(found["foreign"]?.count == lost.count && found.count == 2)
            }
        }
    }

    @Test func `names what vendors store and do not bill`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "flexprice"])
            try await migration.stage.withGateway { _ async throws in
                try await migration.setSettings("lago", #"{"without_metric":["api_1"]}"#)
                try await migration.setSettings("flexprice", #"{"without_customer":["c3"]}"#)
                let ids = try await migration.send(0..<210)
                try await migration.waitForDeliveries(["lago", "flexprice"])
                let (id, run) = try await migration.compare(["lago", "flexprice"])
                #expect(run["verdict"] as? String == "different", "\(run)")
                let expected = ids.enumerated().flatMap { number, id -> [Migration.Finding] in
                    let metric = Migration.Finding(provider: "lago", cause: "no_metric", id: id)
                    let customer = Migration.Finding(provider: "flexprice", cause: "no_customer", id: id)
                    return (number % 3 == 1 ? [metric] : []) + (number % 7 == 3 ? [customer] : [])
                }
                #expect(try await Set(migration.findings(id)) == Set(expected))
            }
        }
    }

    /// Two customers of seven, and one name of three.
    @Test func `names what Polar's meters do not count, and events of times without a subscription at Lago`()
        async throws
    {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"])
            try await migration.stage.withGateway { _ async throws in
                let ids = try await migration.send(0..<210)
                try await migration.waitForDeliveries(["lago", "polar"])
                let (_, equal) = try await migration.compare(["lago", "polar"])
                #expect(equal["verdict"] as? String == "equal", "\(equal)")
                for (name, operation, value) in [("one", "eq", "api_0"), ("two", "like", "2")] {
                    let clause = #"{"property":"name","operator":"\#(operation)","value":"\#(value)"}"#
                    let filter = #"{"conjunction":"and","clauses":[\#(clause)]}"#
                    let meter = #"{"name":"\#(name)","aggregation":{"func":"count"},"filter":\#(filter)}"#
                    try await migration.post("polar", "/v1/meters/", meter)
                }
                // Nobody has made the customer of one, and the other one begins after its events.
                try await migration.setSettings("lago", #"{"without_subscription":["sub_c1","sub_c2"]}"#)
                try await migration.post("lago", "/api/v1/customers", #"{"customer":{"external_id":"c2"}}"#)
                try await migration.subscribe("c3")
                let (id, run) = try await migration.compare(["lago", "polar"])
                #expect(run["verdict"] as? String == "different", "\(run)")
                let expected = ids.enumerated().flatMap { number, id -> [Migration.Finding] in
                    let cause = [1: "no_customer", 2: "no_subscription", 3: "no_subscription"][number % 7]
                    let customer = cause.map { Migration.Finding(provider: "lago", cause: $0, id: id) }
                    let metric = Migration.Finding(provider: "polar", cause: "no_metric", id: id)
                    return (number % 3 == 1 ? [metric] : []) + (customer.map { [$0] } ?? [])
                }
                #expect(try await Set(migration.findings(id)) == Set(expected))
                let page = try await migration.stage.client.get(
                    "/v1/parity/runs/\(id)/findings?cause=no_subscription&limit=1000"
                )
                let details = (try page.object()["findings"] as? [[String: Any]] ?? []).compactMap {
                    $0["detail"] as? String
                }
                #expect(
                    details.count == 30 && details.allSatisfy { $0.contains("subscription sub_c3 begins at") },
                    "\(details)"
                )
            }
        }
    }

    @Test func `names what Lago reports by its signed webhook`() async throws {
        try await Migration.set { (migration) async throws in
            let key = #""rate_limit": "10000/s", "reads": {"lag": "300ms"}, "webhook_key": {"env": "E2E_POLAR"}"#
            try migration.writeRoutes(["lago"], settings: ["lago": key])
            try await migration.stage.withGateway { _ async throws in
                let ids = try await migration.send(0..<40)
                try await migration.waitForDeliveries(["lago"])
                let body = #"""
                    {"webhook_type":"events.errors","object_type":"events_errors","events_errors":{"invalid_code":["\#(ids[3])"],
                     "missing_aggregation_property":["\#(ids[5])","of another application"],"invalid_filter_values":[]}}
                    """#
                func send(_ body: String, to vendor: String = "lago", signedWith key: String) async throws
                    -> WebClient.Answer
                {
                    let code = HMAC.code(of: body.utf8, key: Array(key.utf8))
                    let headers = [
                        "X-Lago-Signature": Data(code).base64EncodedString(), "X-Lago-Signature-Algorithm": "hmac",
                        "Content-Type": "application/json",
                    ]
                    return try await migration.stage.client.post("/v1/hooks/\(vendor)", body, headers: headers)
                }
                let secret = Stage.credentials["E2E_POLAR"] ?? ""
                let forged = try await send(body, signedWith: "another key")
                #expect(forged.status == 401 && forged.text.contains("bad-signature"), "\(forged.text)")
                #expect(try await send(body, to: "polar", signedWith: secret).status == 404)
                #expect(try await send("{}", signedWith: secret).status == 400)
                let ignored = try await send(#"{"webhook_type":"invoice.created"}"#, signedWith: secret)
                #expect(ignored.status == 200 && ignored.text == #"{"status":"ignored"}"#)
                let clean = try await migration.compare(["lago"])
                #expect(clean.run["verdict"] as? String == "equal", "\(clean.run)")
                let noted = try await send(body, signedWith: secret)
                #expect(noted.status == 200 && noted.text == #"{"status":"noted","events":3}"#, "\(noted.text)")
                let (id, run) = try await migration.compare(["lago"])
                #expect(run["verdict"] as? String == "different", "\(run)")
                let expected = [
                    Migration.Finding(provider: "lago", cause: "no_metric", id: ids[3]),
                    Migration.Finding(provider: "lago", cause: "unusable_property", id: ids[5]),
                ]
                #expect(try await Set(migration.findings(id)) == Set(expected))
            }
        }
    }

    private static let noCalls = ["reads": 0, "writes": 0, "refused_reads": 0, "refused_writes": 0]

    @Test func `tells what was rejected from what is missing`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(Self.vendors)
            try await stage.withGateway { _ async throws in
                let bad = (0..<5).map { "h\($0 * 7)" }
                let ids = bad.map { "\"\($0)\"" }.joined(separator: ",")
                for vendor in Self.vendors {
                    try await stage.setFaults(vendor, #"{"poison":[\#(ids)],"poison_status":422}"#)
                }
                try await migration.send(0..<200)
                for vendor in Self.vendors {
                    try await waitUntil("\(vendor) has rejected them") {
                        try await Set(stage.deliveries(vendor, "rejected")) == Set(bad)
                    }
                }
                try await migration.waitForDeliveries(Self.vendors)
                let (id, _) = try await migration.compare(Self.vendors)
                let expected = Self.vendors.flatMap { vendor in
                    bad.map { Migration.Finding(provider: vendor, cause: "rejected", id: $0) }
                }
                #expect(try await Set(migration.findings(id)) == Set(expected))
            }
        }
    }

    @Test(arguments: [#"{"status":{"401":1}}"#, #"{"garbage":1}"#, #"{"hang":1}"#, #"{"wrong_type":1,"garbage":1}"#])
    func `never says that all is well when a vendor cannot be read`(faults: String) async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"], timeout: "2s")
            try await migration.stage.withGateway { _ async throws in
                try await migration.send(0..<100)
                try await migration.waitForDeliveries(["lago", "polar"])
                try await migration.stage.setFaults("polar", faults)
                let (from, until) = migration.window
                let command = ["parity", "run", "--from", from, "--until", until, "--providers", "lago,polar"]
                let result = try await migration.run(command)
                #expect(result.code == 2, "\(result.text)")
            }
        }
    }

    @Test func `ends with the same result though the gateway is killed in the middle`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(["lago", "flexprice"])
            var gateway = try await stage.startGateway()
            try await plant(migration)
            try await migration.send(0..<Migration.events(1000))
            try await migration.waitForDeliveries(["lago", "flexprice"])
            let (first, _) = try await migration.compare(["lago", "flexprice"])
            // Slow enough to be met in the middle.
            for vendor in ["lago", "flexprice"] { try await stage.setFaults(vendor, #"{"latency_ms":[20,60]}"#) }
            let second = try await migration.startComparison(["lago", "flexprice"])
            for _ in 0..<Migration.rounds(2, soak: 10) {
                let read = try await migration.calls("lago")["reads"] ?? 0
                try await waitUntil("it reads") {
                    let run = try await stage.client.get("/v1/parity/runs/\(second)").object()
                    return try await migration.calls("lago")["reads"] ?? 0 > read
                        || run["state"] as? String == "finished"
                }
                try await gateway.stop(by: SIGKILL)
                gateway = try await stage.startGateway()
            }
            let run = try await migration.comparison(second)
            #expect(run["verdict"] as? String == "different", "\(run)")
            let (before, after) = (try await migration.findings(first), try await migration.findings(second))
            #expect(Set(before) == Set(after) && before.count == after.count)
            #expect(try await gateway.stop() == 0)
        }
    }
}
