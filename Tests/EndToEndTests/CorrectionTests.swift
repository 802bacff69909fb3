import Foundation
import TestSupport
import Testing

/// Corrections with the real program: what vendors bill after a void and an adjustment.
@Suite struct CorrectionTests {
    private typealias Metric = BilledMetric

    private static let vendors = ["lago", "polar", "flexprice", "knetik"]

    private func run(_ stage: Stage, _ arguments: [String]) async throws -> (code: Int32, text: String) {
        let environment = ["TOLLGATE_URL": stage.client.base, "TOLLGATE_KEY": Stage.key]
        let process = try ChildProcess("tollgate", ["events"] + arguments, environment: environment)
        let code = try await process.waitForExit()
        try await waitUntil("the command has said something") { !process.lines.isEmpty }
        return (code, process.lines.joined(separator: "\n"))
    }

    /// Two events of a name, the later of which will be corrected: 5 units and 7 units.
    private func send(_ stage: Stage, _ name: String) async throws {
        let now = Int(Date().timeIntervalSince1970)
        let events = [("base", 5), ("target", 7)].enumerated().map { index, event in
            #"{"id":"\#(name)-\#(event.0)","name":"\#(name)","customer_id":"c1","timestamp":\#(now - 600 + index),"#
                + #""properties":{"units":\#(event.1),"region":"eu"}}"#
        }
        let answer = try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
        guard answer.status == 202 else { throw UnexpectedAnswer(answer: answer) }
    }

    private func waitForDelivery(_ stage: Stage, of id: String) async throws {
        try await waitUntil("\(id) is everywhere") {
            let statuses = try await stage.statuses(of: id)
            return !statuses.isEmpty && statuses.values.allSatisfy { $0 == "delivered" }
        }
    }

    /// Polar has no meter of the latest value, and bills none then.
    private static func figures(_ lago: Double, _ polar: Double?, _ flexprice: Double) -> [String: Double] {
        ["lago": lago, "polar": polar ?? 0, "flexprice": flexprice]
    }

    /// What is billed after a void of 7 units and after an adjustment to 4, by metric; unchanged where the vendor cannot.
    private static func expected(_ store: String) -> [Metric: (void: [String: Double], adjust: [String: Double])] {
        let replaces = store == "clickhouse"
        return [
            .sum: (figures(5, 5, 5), figures(9, 9, 9)),
            .count: (figures(2, 2, 2), figures(2, 2, 2)),
            .unique: (figures(1, 2, 2), figures(2, 2, 2)),
            .latest: (figures(7, nil, 7), figures(replaces ? 4 : 7, nil, 4)),
            .max: (figures(replaces ? 5 : 7, 7, 5), figures(replaces ? 5 : 7, 7, 5)),
        ]
    }

    @Test(arguments: ["postgres", "clickhouse"])
    func `each vendor bills what the correction says, and what cannot be corrected stays`(store: String) async throws {
        try await Stage.set { (stage) async throws in
            let settings = try await stage.sandbox.send(
                "PUT",
                "/sandbox/lago/settings",
                Array(#"{"store":"\#(store)"}"#.utf8)
            )
            #expect(settings.status == 200)
            try await stage.withGateway { _ async throws in
                let expected = Self.expected(store)
                var bills = try await SimulatedBills(stage, customer: "c1")
                for metric in Metric.allCases {
                    for operation in ["void", "adjust"] {
                        try await bills.meter("\(metric)_\(operation)", by: metric)
                        try await send(stage, "\(metric)_\(operation)")
                    }
                }
                for metric in Metric.allCases {
                    for operation in ["void", "adjust"] {
                        try await waitForDelivery(stage, of: "\(metric)_\(operation)-target")
                        try await waitForDelivery(stage, of: "\(metric)_\(operation)-base")
                    }
                }
                for metric in Metric.allCases {
                    for operation in ["void", "adjust"] {
                        let id = "\(metric)_\(operation)-target"
                        var arguments = [
                            operation, id, "--reason", "a test", "--aggregate", metric.rawValue, "--property", "units",
                        ]
                        if operation == "adjust" { arguments += ["--properties", #"{"units": 4}"#] }
                        let before = try await bills.figures("\(metric)_\(operation)")

                        let dry = try await run(stage, arguments + ["--dry-run"])
                        #expect(dry.text.contains("nothing was sent"), "\(dry.text)")
                        let done = try await run(stage, arguments)
                        #expect(done.code == dry.code)
                        let wanted = try #require(
                            operation == "void" ? expected[metric]?.void : expected[metric]?.adjust
                        )
                        #expect(done.code == (metric == .count || wanted == before ? 1 : 0), "\(id): \(done.text)")
                        #expect(done.text.contains("Knetik keeps what it has recorded"), "\(done.text)")

                        let name = "\(metric)_\(operation)"
                        try await waitUntil("the vendors bill \(name) as corrected: \(wanted)") {
                            try await bills.figures(name) == wanted
                        }
                        // The same once more changes nothing.
                        let received = try await received(stage)
                        let again = try await run(stage, arguments)
                        #expect(again.code == done.code, "\(again.text)")
                        #expect(done.code == 1 || again.text.contains("already_corrected"), "\(again.text)")
                        #expect(try await bills.figures(name) == wanted)
                        #expect(try await self.received(stage) == received, "nothing was sent again")
                    }
                }
                // Knetik bills nothing, and keeps the two events of each name as they came.
                let kept = try await stage.billed("knetik")
                #expect(kept.count == 4 * Metric.allCases.count && Set(kept).count == kept.count)
            }
        }
    }

    private func received(_ stage: Stage) async throws -> [Int] {
        var counts: [Int] = []
        for vendor in Self.vendors { counts.append(try await stage.received(vendor)) }
        return counts
    }

    @Test func `corrects once more from what counts, and says who, when and why`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "deliveries:manage", "admin"])
            try await stage.withGateway { _ async throws in
                var bills = try await SimulatedBills(stage, customer: "c1")
                try await bills.meter("api", by: .sum)
                try await send(stage, "api")
                try await waitForDelivery(stage, of: "api-target")
                func correct(_ operation: String, _ more: String) async throws -> [String: Any] {
                    let body = #"{"reason":"meter \#(operation)","aggregate":"sum","property":"units"\#(more)}"#
                    return try await stage.client.post("/v1/events/api-target/\(operation)", body).object()
                }
                for units in [4, 11] {
                    let answer = try await correct("adjust", #","properties":{"units":\#(units)}"#)
                    let destinations = answer["destinations"] as? [[String: Any]] ?? []
                    #expect(
                        destinations.compactMap { $0["outcome"] as? String }.sorted() == [
                            "applied", "compensated", "compensated", "impossible",
                        ]
                    )
                    for correction in Set(destinations.compactMap { $0["correction"] as? String }) {
                        try await waitForDelivery(stage, of: correction)
                    }
                }
                #expect(try await bills.figures("api") == Self.figures(16, 16, 16))
                _ = try await correct("void", "")
                try await waitUntil("the vendors bill the other event alone") {
                    try await bills.figures("api") == Self.figures(5, 5, 5)
                }
                let late = try await correct("adjust", #","properties":{"units":1}"#)
                #expect(late["recorded"] as? Int == 0)
                #expect("\(late)".contains("the event was voided there by"))
                // A correction is an event of its own, and none that can be corrected.
                // Each adjustment took two events: one that is counted beside the original, and one that replaces it.
                let shown = try await stage.client.get("/v1/events/correction-5:api-target").object()
                #expect(shown["corrects"] as? String == "api-target" && shown["correction"] as? String == "void")
                let twice = try await stage.client.post("/v1/events/correction-5:api-target/void", #"{"reason":"r"}"#)
                #expect(twice.status == 409 && twice.text.contains("corrects"), "\(twice.text)")

                let log = try await stage.client.get("/v1/log?action=events%3A%20void").text
                #expect(log.contains("meter void") && log.contains("api-target"), "\(log)")
                let adjustments = try await stage.client.get("/v1/log?action=events%3A%20adjust").object()
                #expect((adjustments["entries"] as? [Any])?.count == 2, "\(adjustments)")
            }
        }
    }

    @Test func `corrects where a backfill has sent the event, and no later backfill takes corrections`() async throws {
        try await Migration.set { migration in
            let stage = migration.stage
            try migration.writeRoutes(["lago"])
            try await stage.withGateway { _ async throws in
                var bills = try await SimulatedBills(stage, customer: "c1")
                try await bills.meter("api", by: .sum)
                try await send(stage, "api")
                try await waitForDelivery(stage, of: "api-target")
                try migration.writeRoutes(["lago", "polar"])
                try await migration.reload()
                let start = try await stage.client.post(
                    "/v1/backfills",
                    #"{"to":"polar","since":"1h","confirmed":true}"#
                )
                #expect(start.status == 201, "\(start.text)")
                try await waitUntil("Polar has the events") { try await stage.billed("polar").count == 2 }
                try await waitUntil("the lane's delivery is recorded") {
                    try await stage.statuses(of: "api-target")["polar"] == "delivered"
                }
                let void = try await stage.client.post(
                    "/v1/events/api-target/void",
                    #"{"reason":"r","aggregate":"sum","property":"units"}"#
                )
                #expect(void.status == 202, "\(void.text)")
                for vendor in ["lago", "polar"] {
                    try await waitUntil("\(vendor) bills the other event alone") {
                        try await bills.figure("api", at: vendor) == 5
                    }
                }
                // What comes later gets the event as it was, and no correction that is of others.
                try migration.writeRoutes(["lago", "polar", "flexprice"])
                try await migration.reload()
                let next = try await stage.client.post(
                    "/v1/backfills",
                    #"{"to":"flexprice","since":"1h","confirmed":true}"#
                )
                #expect(next.status == 201, "\(next.text)")
                try await waitUntil("Flexprice has the two events") {
                    Set(try await stage.billed("flexprice")) == ["api-base", "api-target"]
                }
                try await waitUntil("the second backfill is done") {
                    try await stage.client.get("/v1/backfills/2").object()["state"] as? String == "done"
                }
                #expect(try await stage.received("flexprice") == 2)
                try await waitUntil("the lane's delivery is recorded") {
                    try await stage.statuses(of: "api-target")["flexprice"] == "delivered"
                }
                let again = try await run(
                    stage,
                    ["void", "api-target", "--reason", "r", "--aggregate", "sum", "--property", "units"]
                )
                #expect(again.code == 0 && again.text.contains("already_corrected"), "\(again.text)")
                try await waitUntil("Flexprice bills the other event alone") {
                    try await bills.figure("api", at: "flexprice") == 5
                }
            }
        }
    }

    @Test func `a correction after the end of the period is on the next bill at Polar, and on none at Lago`()
        async throws
    {
        try await Migration.set { migration in
            let stage = migration.stage
            try migration.writeRoutes(["lago", "polar"])
            try await stage.withGateway { _ async throws in
                var bills = try await SimulatedBills(stage, customer: "c1")
                try await bills.meter("api", by: .sum)
                try await send(stage, "api")
                try await waitForDelivery(stage, of: "api-base")
                try await waitForDelivery(stage, of: "api-target")
                for vendor in ["lago", "polar"] {
                    let closed = try await stage.sandbox.post("/sandbox/\(vendor)/close", "{}")
                    #expect(closed.status == 200, "\(closed.text)")
                }
                let void = try await stage.client.post(
                    "/v1/events/api-target/void",
                    #"{"reason":"r","aggregate":"sum","property":"units"}"#
                )
                #expect(void.status == 202, "\(void.text)")
                try await waitUntil("Polar has the correction in the cycle that runs") {
                    try await bills.lines("api", at: "polar") == [12, -7]
                }
                try await waitUntil("Lago has it, and bills it nowhere") {
                    try await bills.afterClose(at: "lago") == 1
                }
                #expect(try await bills.lines("api", at: "lago") == [12])
            }
        }
    }

    @Test func `a comparison takes corrections into account`() async throws {
        try await Migration.set { migration in
            let stage = migration.stage
            try migration.writeRoutes(["lago", "flexprice"])
            try await stage.withGateway { _ async throws in
                try await send(stage, "api")
                try await waitForDelivery(stage, of: "api-target")
                let adjusted = try await stage.client.post(
                    "/v1/events/api-target/adjust",
                    #"{"reason":"r","aggregate":"sum","property":"units","properties":{"units":4}}"#
                )
                #expect(adjusted.status == 202, "\(adjusted.text)")
                for id in ["correction:api-target", "correction-2:api-target"] {
                    try await waitForDelivery(stage, of: id)
                }
                let process = try ChildProcess(
                    "tollgate",
                    [
                        "parity", "run", "--providers", "lago,flexprice", "--level", "full", "--json",
                        "--from", Date(timeIntervalSinceNow: -1800).ISO8601Format(),
                        "--until", Date(timeIntervalSinceNow: -60).ISO8601Format(),
                    ],
                    environment: ["TOLLGATE_URL": stage.client.base, "TOLLGATE_KEY": Stage.key]
                )
                let code = try await process.waitForExit()
                #expect(code == 0, "\(process.lines.joined(separator: "\n"))")
            }
        }
    }

    @Test func `takes the metric from a migration that names the event`() async throws {
        try await Migration.set { migration in
            let stage = migration.stage
            try migration.writeRoutes(["lago", "polar"])
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8).replacing(
                #"{"version": 1, "#,
                with: #"""
                    {"version": 1, "migrations": {"to-polar": {"route": "all", "from": "lago", "to": "polar",
                      "metrics": {"api": {"aggregate": "sum", "property": "units"}}}},
                    """#
            )
            try Data(text.utf8).write(to: stage.routesFile)
            try await stage.withGateway { _ async throws in
                var bills = try await SimulatedBills(stage, customer: "c1")
                try await bills.meter("api", by: .sum)
                try await send(stage, "api")
                try await waitUntil("Lago has the event") {
                    try await stage.statuses(of: "api-target")["lago"] == "delivered"
                }
                let void = try await stage.client.post("/v1/events/api-target/void", #"{"reason":"r"}"#)
                #expect(void.status == 202, "\(void.text)")
                try await waitUntil("Lago bills the other event alone") {
                    try await bills.figure("api", at: "lago") == 5
                }
                let said = try await stage.client.post(
                    "/v1/events/api-base/void",
                    #"{"reason":"r","aggregate":"count","dry_run":true}"#
                )
                #expect(said.text.contains("impossible"), "what the request says counts more: \(said.text)")
            }
        }
    }
}
