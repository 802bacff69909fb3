import Foundation
import TestSupport
import Testing

/// A gateway, simulated vendors, and what a migration between them needs: routes that change, backfills and comparisons.
struct Migration: Sendable {
    let stage: Stage

    static let scopes = ["events:write", "events:read", "deliveries:manage", "migrations:manage", "admin"]
    private static let environment = ProcessInfo.processInfo.environment

    /// How many events a test takes: few in each run, as many as `TOLLGATE_SOAK_EVENTS` says in the soak.
    static func events(_ few: Int) -> Int {
        environment["TOLLGATE_SOAK_EVENTS"].flatMap { Int($0) }.map { max($0, few) } ?? few
    }

    /// How often a test repeats what goes wrong.
    static func rounds(_ few: Int, soak: Int) -> Int { environment["TOLLGATE_SOAK_EVENTS"] == nil ? few : soak }

    static func set(_ body: (Migration) async throws -> Void) async throws {
        try await Stage.set { (stage) async throws in try await body(Migration(stage: stage)) }
    }

    // MARK: Routes

    /// - Parameters:
    ///   - vendors: where events go, the first as `primary`.
    ///   - lag: how long the vendors take to show an event.
    ///   - timeout: of a request to a vendor; long, so that a simulator that a busy machine holds up is not given up.
    ///   - settings: further members of a provider, by its name.
    ///   - rename: names at a vendor, by its name.
    ///   - idProperty: in which Polar gets the id.
    func writeRoutes(
        _ vendors: [String],
        lag: String = "300ms",
        timeout: String = "60s",
        settings: [String: String] = [:],
        rename: [String: String] = [:],
        idProperty: String? = nil,
        to file: URL? = nil
    ) throws {
        let providers = Self.providers.map { name, variable in
            let limit = settings[name] ?? #""rate_limit": "10000/s", "reads": {"lag": "\#(lag)"}"#
            return #"""
                "\#(name)": {"adapter": "\#(name)", "base_url": "\#(stage.sandbox.base)/\#(name)", \#(limit),
                  "credential": {"env": "\#(variable)"}, "allow_plain_http": true, "allow_private_address": true,
                  "retry": {"base": "100ms", "cap": "400ms", "max_retry_after": "2s"}, "timeout": "\#(timeout)",
                  "breaker": {"failures": 5, "pause": "100ms", "parked_pause": "500ms"}}
                """#
        }
        let destinations = vendors.enumerated().map { index, name in
            var members = [#""provider": "\#(name)""#]
            if index > 0 { members.append(#""mode": "mirror""#) }
            if name == "lago" { members.append(#""subscription_id": "sub_{customer_id}""#) }
            if name == "polar", let idProperty { members.append(#""id_property": "\#(idProperty)""#) }
            if let names = rename[name] { members.append(#""rename": \#(names)"#) }
            return "{\(members.joined(separator: ", "))}"
        }
        let text = #"""
            {"version": 1, "providers": {\#(providers.joined(separator: ",\n"))},
             "routes": [{"name": "all", "to": [\#(destinations.joined(separator: ", "))]}],
             "clients": [{"name": "demo", "tenant": "demo", "key_sha256": "\#(KeyHash.demo)",
                          "scopes": ["\#(Self.scopes.joined(separator: "\", \""))"]},
                         {"name": "rival", "tenant": "demo", "key_sha256": "\#(KeyHash.rival)",
                          "scopes": ["events:write"]}]}
            """#
        try Data(text.utf8).write(to: file ?? stage.routesFile, options: .atomic)
    }

    /// Removes a provider from the file; no route may name it any more.
    func removeProvider(_ name: String) throws {
        let data = try Data(contentsOf: stage.routesFile)
        var routes = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        var providers = routes["providers"] as? [String: Any] ?? [:]
        providers[name] = nil
        routes["providers"] = providers
        try JSONSerialization.data(withJSONObject: routes).write(to: stage.routesFile, options: .atomic)
    }

    private static let providers = [("lago", "E2E_LAGO"), ("polar", "E2E_POLAR"), ("flexprice", "E2E_FLEXPRICE")]

    /// Lets the gateway take the file over.
    func reload() async throws {
        let answer = try await stage.client.post("/v1/config/reload", "")
        guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
    }

    func setSettings(_ vendor: String, _ settings: String) async throws {
        let answer = try await stage.sandbox.send("PUT", "/sandbox/\(vendor)/settings", Array(settings.utf8))
        guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
    }

    /// The ids that a vendor damaged, by kind.
    func planted(_ vendor: String) async throws -> [String: Set<String>] {
        let planted = try await stage.sandbox.get("/sandbox/\(vendor)/planted").object()
        return planted.compactMapValues { ($0 as? [String]).map { Set($0) } }
    }

    /// How many calls reached a vendor: `reads`, `writes`, and those that its limit refused.
    func calls(_ vendor: String) async throws -> [String: Int] {
        try await stage.sandbox.get("/sandbox/\(vendor)/calls").object().compactMapValues { $0 as? Int }
    }

    // MARK: Events

    /// Sends events of the last hour in batches of 100; their times and customers follow from their numbers.
    @discardableResult
    func send(_ numbers: Range<Int>, prefix: String = "h", client: WebClient? = nil) async throws -> [String] {
        let now = Int(Date().timeIntervalSince1970)
        var ids: [String] = []
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 100) {
            let batch = (start..<min(start + 100, numbers.upperBound)).map { number in
                let id = "\(prefix)\(number)"
                ids.append(id)
                return #"{"id":"\#(id)","name":"api_\#(number % 3)","customer_id":"c\#(number % 7)","#
                    + #""timestamp":\#(now - 3600 + number % 3000),"properties":{"units":\#(number),"kind":"k\#(number)"}}"#
            }
            let answer = try await (client ?? stage.client).postPatiently(
                "/v1/events",
                "[\(batch.joined(separator: ","))]"
            )
            guard answer.status == 202 else { throw UnexpectedAnswer(answer: answer) }
        }
        return ids
    }

    /// Waits until a vendor has nothing more to get.
    func waitForDeliveries(_ vendors: [String]) async throws {
        for vendor in vendors {
            try await waitUntil("nothing waits for \(vendor)", within: .seconds(600)) {
                let list = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
                let provider = list.first { $0["name"] as? String == vendor }
                return (provider?["backlog"] as? [String: Any])?["events"] as? Int == 0
            }
        }
    }

    // MARK: Backfills

    /// Starts a backfill of the last day.
    /// - Returns: its number.
    func startBackfill(to vendor: String, _ more: String = "") async throws -> Int {
        let body = #"{"to":"\#(vendor)","since":"1d","rate":100,"confirmed":true\#(more)}"#
        let answer = try await stage.client.post("/v1/backfills", body)
        let backfills = try answer.object()["backfills"] as? [[String: Any]]
        guard answer.status == 201, let id = backfills?.first?["id"] as? Int else {
            throw UnexpectedAnswer(answer: answer)
        }
        return id
    }

    func backfill(_ id: Int) async throws -> [String: Any] {
        try await stage.client.get("/v1/backfills/\(id)").object()
    }

    func change(_ id: Int, _ action: String) async throws {
        let answer = try await stage.client.post("/v1/backfills/\(id)/\(action)", "")
        guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
    }

    func waitForBackfill(_ id: Int, _ state: String = "done") async throws {
        try await waitUntil("backfill \(id) is \(state)", within: .seconds(600)) {
            try await backfill(id)["state"] as? String == state
        }
    }

    // MARK: Comparisons

    /// The hour in which all sent events lie.
    var window: (from: String, until: String) {
        let now = Date()
        return (now.addingTimeInterval(-7200).ISO8601Format(), now.addingTimeInterval(60).ISO8601Format())
    }

    /// - Parameter end: of the window; nil: that of ``window``.
    func startComparison(_ vendors: [String], level: String = "full", until end: Date? = nil, sample: Int? = nil)
        async throws -> Int
    {
        let from = window.from
        let until = end?.ISO8601Format() ?? window.until
        let names = vendors.map { "\"\($0)\"" }.joined(separator: ",")
        let order = #"{"from":"\#(from)","until":"\#(until)","providers":[\#(names)],"level":"\#(level)""#
        let body = order + (sample.map { #","sample":\#($0)}"# } ?? "}")
        let answer = try await stage.client.post("/v1/parity/runs", body)
        guard answer.status == 202, let id = try answer.object()["id"] as? Int else {
            throw UnexpectedAnswer(answer: answer)
        }
        return id
    }

    /// Waits for the end of a comparison.
    func comparison(_ id: Int) async throws -> [String: Any] {
        var run: [String: Any] = [:]
        try await waitUntil("comparison \(id) is over", within: .seconds(600)) {
            run = try await stage.client.get("/v1/parity/runs/\(id)").object()
            return ["finished", "failed"].contains(run["state"] as? String)
        }
        return run
    }

    func compare(_ vendors: [String], level: String = "full", until end: Date? = nil, sample: Int? = nil) async throws
        -> (id: Int, run: [String: Any])
    {
        let id = try await startComparison(vendors, level: level, until: end, sample: sample)
        return (id, try await comparison(id))
    }

    /// One difference that a comparison found.
    struct Finding: Hashable {
        let provider: String
        let cause: String
        let id: String
    }

    func findings(_ run: Int) async throws -> [Finding] {
        var found: [Finding] = []
        var cursor: String?
        repeat {
            let next = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await stage.client.get("/v1/parity/runs/\(run)/findings?limit=1000\(next)").object()
            for finding in page["findings"] as? [[String: Any]] ?? [] {
                found.append(
                    Finding(
                        provider: finding["provider"] as? String ?? "",
                        cause: finding["cause"] as? String ?? "",
                        id: finding["event_id"] as? String ?? finding["vendor_id"] as? String ?? ""
                    )
                )
            }
            cursor = page["next_cursor"] as? String
        } while cursor != nil
        return found
    }

    /// Runs a command of the program against the gateway.
    func run(_ arguments: [String], key: String = Stage.key) async throws -> (code: Int32, text: String) {
        let command = try ChildProcess(
            "tollgate",
            arguments + ["--url", stage.client.base],
            environment: ["TOLLGATE_KEY": key].merging(Stage.credentials) { $1 }
        )
        let code = try await command.waitForExit()
        return (code, command.lines.joined(separator: "\n"))
    }
}
