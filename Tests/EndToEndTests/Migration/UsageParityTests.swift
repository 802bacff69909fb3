import Foundation
import TestSupport
import Testing

/// `tollgate parity run --level usage`: what vendors bill against what was used, down to the events.
@Suite struct UsageParityTests {
    private static let vendors = ["lago", "polar", "flexprice"]
    private static let customers = (0..<6).map { "c\($0)" }

    /// The calendar month in UTC in which a test began: the billing period of all vendors.
    private struct Period {
        let from: Date
        let until: Date
        /// When the events of the test occurred.
        let moment: Date
        /// Behind that, and still in the period.
        var later: Date { moment.addingTimeInterval(min(3600, until.timeIntervalSince(moment) / 2)) }

        init() throws {
            let now = Date()
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
            let month = try #require(calendar.dateInterval(of: .month, for: now))
            (from, until) = (month.start, month.end)
            moment = max(from, now.addingTimeInterval(-60))
        }
    }

    /// What the vendors call the metrics.
    private struct Catalogue {
        /// `metrics` of a comparison.
        let file: URL
    }

    private func post(_ migration: Migration, _ vendor: String, _ path: String, _ body: String) async throws
        -> [String: Any]
    {
        try await migration.post(vendor, path, body)
    }

    /// Makes customers, subscriptions since the start of the month, and at each vendor the sum of `units` and the count of `seat`.
    /// - Parameters:
    ///   - aggregation: of Lago's metric for `tokens`.
    ///   - tokens: what `tokens` are called at Polar.
    private func makeCatalogue(
        _ migration: Migration,
        _ period: Period,
        lago aggregation: String = "sum_agg",
        polar tokens: String = "tokens"
    )
        async throws -> Catalogue
    {
        let start = period.from.ISO8601Format()
        for customer in Self.customers {
            _ = try await post(
                migration,
                "lago",
                "/api/v1/subscriptions",
                #"{"subscription":{"external_customer_id":"\#(customer)","plan_code":"pro","external_id":"sub_\#(customer)","subscription_at":"\#(start)"}}"#
            )
            _ = try await post(
                migration,
                "polar",
                "/v1/customers/",
                #"{"email":"\#(customer)@example.com","external_id":"\#(customer)"}"#
            )
            _ = try await post(
                migration,
                "flexprice",
                "/v1/customers",
                #"{"external_id":"\#(customer)","name":"\#(customer)"}"#
            )
            _ = try await post(
                migration,
                "flexprice",
                "/v1/subscriptions",
                #"{"external_customer_id":"\#(customer)","plan_id":"plan_pro","currency":"usd","start_date":"\#(start)"}"#
            )
        }
        var metrics: [String: [String: String]] = [
            "tokens": ["aggregate": "sum", "property": "units"], "seat": ["aggregate": "count"],
        ]
        for name in ["tokens", "seat"] {
            let isSum = name == "tokens"
            let kind = isSum ? aggregation : "count_agg"
            let field = isSum ? #","field_name":"units""# : ""
            _ = try await post(
                migration,
                "lago",
                "/api/v1/billable_metrics",
                #"{"billable_metric":{"name":"\#(name)","code":"\#(name)","aggregation_type":"\#(kind)"\#(field)}}"#
            )
            metrics[name]?["lago"] = name
            let clause = #"{"property":"name","operator":"eq","value":"\#(isSum ? tokens : name)"}"#
            let polar = isSum ? #"{"func":"sum","property":"units"}"# : #"{"func":"count"}"#
            metrics[name]?["polar"] =
                try await post(
                    migration,
                    "polar",
                    "/v1/meters/",
                    #"{"name":"\#(name)","aggregation":\#(polar),"filter":{"conjunction":"and","clauses":[\#(clause)]}}"#
                )["id"] as? String
            let flexprice = isSum ? #"{"type":"SUM","field":"units"}"# : #"{"type":"COUNT"}"#
            let meter =
                #"{"name":"\#(name)","event_name":"\#(name)","aggregation":\#(flexprice),"reset_usage":"BILLING_PERIOD"}"#
            metrics[name]?["flexprice"] =
                try await post(
                    migration,
                    "flexprice",
                    "/v1/features",
                    #"{"name":"\#(name)","type":"metered","meter":\#(meter)}"#
                )["id"] as? String
        }
        let file = migration.stage.routesFile.deletingLastPathComponent().appending(path: "metrics.json")
        try JSONSerialization.data(withJSONObject: metrics).write(to: file)
        return Catalogue(file: file)
    }

    /// Sends events of both names, with fractions that no binary float holds.
    private func send(_ migration: Migration, _ period: Period, _ numbers: Range<Int>) async throws {
        let time = period.moment.ISO8601Format()
        let events = numbers.map { number in
            let customer = Self.customers[number % Self.customers.count]
            let name = number % 2 == 0 ? "tokens" : "seat"
            return
                #"{"id":"u\#(number)","name":"\#(name)","customer_id":"\#(customer)","timestamp":"\#(time)","properties":{"units":\#(number).1}}"#
        }
        let answer = try await migration.stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
        guard answer.status == 202 else { throw UnexpectedAnswer(answer: answer) }
    }

    private struct Report {
        let code: Int32
        let text: String
        let run: [String: Any]

        func causes(_ provider: String) -> [String: Int] {
            let reports = run["providers"] as? [[String: Any]] ?? []
            let causes = reports.first { $0["provider"] as? String == provider }?["causes"] as? [[String: Any]] ?? []
            return Dictionary(causes.map { ($0["cause"] as? String ?? "", $0["count"] as? Int ?? -1) }) { $1 }
        }
    }

    private func compare(
        _ migration: Migration,
        _ period: Period,
        _ catalogue: Catalogue,
        _ providers: [String] = vendors,
        _ more: [String] = []
    ) async throws -> Report {
        let result = try await migration.run(
            [
                "parity", "run", "--level", "usage", "--metrics", catalogue.file.path, "--from",
                period.from.ISO8601Format(), "--until", period.until.ISO8601Format(), "--providers",
                providers.joined(separator: ","), "--json",
            ] + more
        )
        let line = result.text.split(separator: "\n").last { $0.hasPrefix("{") } ?? ""
        let run = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
        return Report(code: result.code, text: result.text, run: run)
    }

    private func findings(_ migration: Migration, _ report: Report) async throws -> [[String: Any]] {
        let id = report.run["id"] as? Int ?? -1
        let path = "/v1/parity/runs/\(id)/findings?limit=1000"
        return try await migration.stage.client.get(path).object()["findings"] as? [[String: Any]] ?? []
    }

    @Test func `equal amounts are equal, and binary rounding is no difference`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(Self.vendors)
            try await migration.stage.withGateway { _ async throws in
                let period = try Period()
                let catalogue = try await makeCatalogue(migration, period)
                try await send(migration, period, 0..<120)
                try await migration.waitForDeliveries(Self.vendors)
                let report = try await compare(migration, period, catalogue)
                #expect(report.code == 0 && report.run["verdict"] as? String == "equal", "\(report.text)")
                #expect(report.causes("lago").isEmpty && Set(report.causes("polar").keys).isSubset(of: ["rounding"]))
                let providers = report.run["providers"] as? [[String: Any]] ?? []
                for provider in providers {
                    // Two metrics of six customers; an even number is of every other customer.
                    #expect(provider["expected"] as? Int == 6 && provider["found"] as? Int == 6, "\(provider)")
                }
                let calls = try await migration.calls("lago")
                #expect(calls["reads"] ?? 0 <= 7, "a subscription is asked for once, and the catalogue: \(calls)")
            }
        }
    }

    @Test func `what a vendor lost is found from the total down to the event`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(Self.vendors)
            try await stage.withGateway { _ async throws in
                let period = try Period()
                let catalogue = try await makeCatalogue(migration, period)
                for (seed, vendor) in Self.vendors.enumerated() {
                    try await migration.setSettings(vendor, #"{"lose":0.05,"seed":\#(seed + 3)}"#)
                }
                try await send(migration, period, 0..<200)
                try await migration.waitForDeliveries(Self.vendors)
                let folder = stage.routesFile.deletingLastPathComponent()
                let (csv, html) = (folder.appending(path: "usage.csv"), folder.appending(path: "usage.html"))
                let report = try await compare(
                    migration,
                    period,
                    catalogue,
                    Self.vendors,
                    ["--csv", csv.path, "--html", html.path]
                )
                #expect(report.code == 1 && report.run["verdict"] as? String == "different", "\(report.text)")
                let findings = try await findings(migration, report)
                for vendor in Self.vendors {
                    let lost = try await migration.planted(vendor)["lost"] ?? []
                    #expect(!lost.isEmpty)
                    let own = findings.filter { $0["provider"] as? String == vendor }
                    let events = own.filter { $0["cause"] as? String == "lost_after_accept" }
                    #expect(Set(events.compactMap { $0["event_id"] as? String }) == lost, "\(vendor)")
                    #expect(events.allSatisfy { $0["confirmed"] as? Bool == true })
                    // The amounts that differ are those of the lost events' customers, and the totals of their metrics.
                    func amounts(_ isTotal: Bool) -> Set<String> {
                        let amounts = own.filter {
                            $0["cause"] as? String == "usage_differs" && ($0["customer_id"] is String) != isTotal
                        }
                        return Set(amounts.map { "\($0["name"] ?? "") \(isTotal ? "" : $0["customer_id"] ?? "")" })
                    }
                    #expect(amounts(false) == Set(events.map { "\($0["name"] ?? "") \($0["customer_id"] ?? "")" }))
                    #expect(amounts(true) == Set(events.map { "\($0["name"] ?? "") " }))
                    let known: Set = ["lost_after_accept", "usage_differs", "rounding"]
                    #expect(Set(own.compactMap { $0["cause"] as? String }).isSubset(of: known), "\(vendor)")
                }
                #expect(try String(contentsOf: csv, encoding: .utf8).contains("usage_differs"))
                #expect(try String(contentsOf: html, encoding: .utf8).contains("The vendors bill other amounts"))
            }
        }
    }

    @Test func `a metric that is computed otherwise is named, with its definition`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"])
            try await migration.stage.withGateway { _ async throws in
                let period = try Period()
                let catalogue = try await makeCatalogue(migration, period, lago: "max_agg")
                try await send(migration, period, 0..<40)
                try await migration.waitForDeliveries(["lago", "polar"])
                let report = try await compare(migration, period, catalogue, ["lago", "polar"])
                #expect(report.code == 1 && report.causes("lago") == ["aggregation_differs": 4], "\(report.text)")
                let details = try await findings(migration, report).compactMap { $0["detail"] as? String }
                #expect(details.contains { $0.contains("is a max_agg") }, "\(details)")
            }
        }
    }

    @Test func `another period, and totals that lag, are named`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "flexprice"], lag: "1h")
            try await migration.stage.withGateway { _ async throws in
                let period = try Period()
                let catalogue = try await makeCatalogue(migration, period)
                // The first customer's subscription begins after what he used.
                let late = period.later.ISO8601Format()
                _ = try await post(
                    migration,
                    "lago",
                    "/api/v1/subscriptions",
                    #"{"subscription":{"external_customer_id":"c0","plan_code":"pro","external_id":"sub_c0","subscription_at":"\#(late)"}}"#
                )
                try await migration.setSettings("flexprice", #"{"usage_after_ms":86400000}"#)
                try await send(migration, period, 0..<24)
                try await migration.waitForDeliveries(["lago", "flexprice"])
                let id = try await start(migration, period, catalogue, ["lago", "flexprice"])
                // What wants to be confirmed is read again an hour later; what was found first is told now.
                try await waitUntil("the amounts wait for the second read", within: .seconds(300)) {
                    let run = try await migration.stage.client.get("/v1/parity/runs/\(id)").object()
                    return run["state"] as? String == "confirming"
                }
                let found = try await migration.stage.client.get("/v1/parity/runs/\(id)/findings?limit=1000").object()
                let findings = found["findings"] as? [[String: Any]] ?? []
                func causes(_ provider: String) -> Set<String> {
                    Set(findings.filter { $0["provider"] as? String == provider }.compactMap { $0["cause"] as? String })
                }
                #expect(causes("lago") == ["other_period"], "\(findings)")
                #expect(causes("flexprice") == ["stale_total"], "\(findings)")
            }
        }
    }

    private func start(_ migration: Migration, _ period: Period, _ catalogue: Catalogue, _ providers: [String])
        async throws -> Int
    {
        let names = providers.map { "\"\($0)\"" }.joined(separator: ",")
        let metrics = try String(contentsOf: catalogue.file, encoding: .utf8)
        let body =
            #"{"from":"\#(period.from.ISO8601Format())","until":"\#(period.until.ISO8601Format())","providers":[\#(names)],"level":"usage","metrics":\#(metrics)}"#
        let answer = try await migration.stage.client.post("/v1/parity/runs", body)
        guard answer.status == 202, let id = try answer.object()["id"] as? Int else {
            throw UnexpectedAnswer(answer: answer)
        }
        return id
    }

    /// What could not be read is never equal.
    @Test(arguments: [#"{"status":{"500":1}}"#, #"{"garbage":1}"#, #"{"status":{"401":1}}"#])
    func `a vendor that does not tell what it bills is unreadable`(faults: String) async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"])
            try await migration.stage.withGateway { _ async throws in
                let period = try Period()
                let catalogue = try await makeCatalogue(migration, period)
                try await send(migration, period, 0..<12)
                try await migration.waitForDeliveries(["lago", "polar"])
                let answer = try await migration.stage.sandbox.send("PUT", "/sandbox/lago/faults", Array(faults.utf8))
                #expect(answer.status == 200)
                let report = try await compare(migration, period, catalogue, ["lago", "polar"])
                #expect(report.code == 2 && report.run["verdict"] as? String == "incomplete", "\(report.text)")
                #expect(report.causes("lago") == ["unreadable": 1])
            }
        }
    }

    @Test func `a metric that a vendor does not have is unreadable, and says which`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"])
            try await migration.stage.withGateway { _ async throws in
                let period = try Period()
                let catalogue = try await makeCatalogue(migration, period)
                let metrics = #"{"tokens":{"aggregate":"sum","property":"units","lago":"gone"}}"#
                try Data(metrics.utf8).write(to: catalogue.file)
                let report = try await compare(migration, period, catalogue, ["lago"])
                #expect(report.code == 2 && report.text.contains("no metric"), "\(report.text)")
                #expect(report.text.contains("gone"))
                let other = try await compare(migration, period, catalogue, ["polar"])
                #expect(other.code == 2 && other.text.contains("names its counterpart at polar"), "\(other.text)")
            }
        }
    }

    @Test func `the vendors' catalogues propose the metrics of a comparison`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(Self.vendors, rename: ["polar": #"{"tokens": "llm.tokens"}"#])
            try await migration.stage.withGateway { _ async throws in
                let period = try Period()
                let catalogue = try await makeCatalogue(migration, period, polar: "llm.tokens")
                let file = catalogue.file.deletingLastPathComponent().appending(path: "proposed.json")
                let propose = [
                    "metrics", "propose", "--providers", Self.vendors.joined(separator: ","), "--write", file.path,
                ]
                let clean = try await migration.run(propose)
                #expect(clean.code == 0, "\(clean.text)")
                func ids(_ file: URL) throws -> [String: [String: String]] {
                    let metrics =
                        try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
                    return metrics.compactMapValues { metric in
                        let members = metric as? [String: Any] ?? [:]
                        return members["names"] as? [String: String]
                            ?? members.filter { Self.vendors.contains($0.key) } as? [String: String]
                    }
                }
                #expect(try ids(file) == ids(catalogue.file))
                try await send(migration, period, 0..<24)
                try await migration.waitForDeliveries(Self.vendors)
                let report = try await compare(migration, period, Catalogue(file: file))
                #expect(report.code == 0, "\(report.text)")
                let metric =
                    #"{"billable_metric":{"name":"disk","code":"disk","aggregation_type":"max_agg","field_name":"gb"}}"#
                _ = try await post(migration, "lago", "/api/v1/billable_metrics", metric)
                let single = try await migration.run(propose)
                #expect(single.code == 1 && single.text.contains("disk"), "\(single.text)")
            }
        }
    }

    @Test func `a migration in the routes names what is compared`() async throws {
        let vendors = ["lago", "flexprice"]
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(vendors)
            try await migration.stage.withGateway { _ async throws in
                let period = try Period()
                let catalogue = try await makeCatalogue(migration, period)
                try describeMigration(migration, catalogue)
                try await migration.reload()
                try await send(migration, period, 0..<24)
                try await migration.waitForDeliveries(vendors)
                let order = [
                    "parity", "run", "--level", "usage", "--from", period.from.ISO8601Format(), "--until",
                    period.until.ISO8601Format(),
                ]
                let result = try await migration.run(order + ["--migration", "move"])
                #expect(result.code == 0 && result.text.contains("CUSTOMERS BY METRIC"), "\(result.text)")
                for name in ["tokens", "seat"] + vendors { #expect(result.text.contains(name)) }
                let unknown = try await migration.run(order + ["--migration", "mov"])
                #expect(unknown.code == 2 && unknown.text.contains("did you mean \"move\""), "\(unknown.text)")
            }
        }
    }

    /// Adds a migration from Lago to Flexprice with the metrics of the catalogue.
    private func describeMigration(_ migration: Migration, _ catalogue: Catalogue) throws {
        func object(_ file: URL) throws -> [String: Any] {
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
        }
        let metrics = try object(catalogue.file).mapValues { metric in
            let members = metric as? [String: String] ?? [:]
            var described: [String: Any] = members.filter { ["aggregate", "property"].contains($0.key) }
            described["names"] = members.filter { ["lago", "flexprice"].contains($0.key) }
            return described
        }
        var routes = try object(migration.stage.routesFile)
        let move: [String: Any] = ["route": "all", "from": "lago", "to": "flexprice", "metrics": metrics]
        routes["migrations"] = ["move": move]
        try JSONSerialization.data(withJSONObject: routes).write(to: migration.stage.routesFile, options: .atomic)
    }
}
