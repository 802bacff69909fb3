import Foundation
import TestSupport
import Testing

/// `tollgate import` with what vendors list and with tables.
@Suite struct ImportTests {
    /// Of the client whose events go to the new vendor alone.
    private static let history = "rival-key"

    /// The client `demo` sends to Polar, `history` to Flexprice.
    /// - Parameter destination: where `demo` sends instead.
    private func writeRoutes(_ stage: Stage, _ destination: String = #"{"provider": "polar"}"#) throws {
        let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            .replacing(
                /"routes": \[.*"knetik", "mode": "mirror"\}\]\}\]/.dotMatchesNewlines(),
                with: #"""
                    "routes": [{"name": "history", "match": {"client": "history"}, "to": [{"provider": "flexprice"}]},
                               {"name": "all", "to": [\#(destination)]}]
                    """#
            )
            .replacing(
                #""clients": ["#,
                with: #""clients": [{"name": "history", "tenant": "demo", "key_sha256": "\#(KeyHash.rival)"}, "#
            )
        try Data(text.utf8).write(to: stage.routesFile)
    }

    /// Runs `tollgate import`.
    private func run(
        _ stage: Stage,
        _ arguments: [String],
        key: String = history
    ) async throws -> (code: Int32, lines: [String]) {
        let environment = ["TOLLGATE_URL": stage.client.base, "TOLLGATE_KEY": key]
        let process = try ChildProcess("tollgate", ["import"] + arguments, environment: environment)
        return (try await process.waitForExit(), process.lines)
    }

    /// Has the gateway send events to Polar, and keeps what Polar lists, gzip or not.
    private func exportFromPolar(_ stage: Stage, _ count: Int) async throws -> URL {
        let events = (0..<count).map {
            #"{"id":"evt-\#($0)","name":"call","customer_id":"c\#($0 % 3)","properties":{"units":\#($0)}}"#
        }
        _ = try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
        try await waitUntil("Polar has all") { try await stage.billed("polar").count == count }
        let token = try #require(Stage.credentials["E2E_POLAR"])
        let page = try await WebClient(base: stage.sandbox.base, key: token).get("/polar/v1/events/?limit=100")
        let file = stage.folder.appending(path: "polar.json")
        try Data(page.body).write(to: file)
        return file
    }

    private static var tomorrow: String { Date(timeIntervalSinceNow: 86_400).ISO8601Format() }

    @Test func `gives the new vendor what the old one lists, once`() async throws {
        try await Stage.set { (stage) async throws in
            try writeRoutes(stage)
            try await stage.withGateway { _ async throws in
                let file = try await exportFromPolar(stage, 40)
                let arguments = [file.path, "--format", "polar", "--until", Self.tomorrow]

                let dry = try await run(stage, arguments + ["--dry-run"])
                #expect(dry.code == 0 && dry.lines.contains { $0.hasPrefix("40 events, from ") }, "\(dry.lines)")
                #expect(dry.lines.contains("  call: 40") && dry.lines.contains("nothing was sent"), "\(dry.lines)")
                #expect(try await stage.received("flexprice") == 0)

                let first = try await run(stage, arguments)
                #expect(first.code == 0, "\(first.lines)")
                #expect(first.lines.contains { $0.hasPrefix("40 accepted, 0 duplicates, 0 refused") }, "\(first.lines)")
                let second = try await run(stage, arguments)
                #expect(second.lines.contains { $0.hasPrefix("0 accepted, 0 duplicates, 0 refused, 40 sent") })
                // Without the memory of the first run the IDs still tell the events.
                try FileManager.default.removeItem(atPath: file.path + ".tollgate-progress")
                let third = try await run(stage, arguments)
                #expect(third.lines.contains { $0.hasPrefix("0 accepted, 40 duplicates, 0 refused") }, "\(third.lines)")

                try await waitUntil("Flexprice has all") { try await stage.billed("flexprice").count == 40 }
                #expect(Set(try await stage.billed("flexprice")).count == 40)
                #expect(try await stage.received("polar") == 40)
            }
        }
    }

    @Test func `sends nothing to the vendor that the file is from`() async throws {
        try await Stage.set { (stage) async throws in
            try writeRoutes(stage)
            try await stage.withGateway { _ async throws in
                let file = try await exportFromPolar(stage, 5)
                let arguments = [file.path, "--format", "polar", "--until", Self.tomorrow]
                let refused = try await run(stage, arguments, key: Stage.key)
                #expect(refused.code == 1)
                #expect(
                    refused.lines.contains {
                        $0.contains("the route all would send the event to polar, which not_to excludes")
                    },
                    "\(refused.lines)"
                )
                #expect(
                    refused.lines.contains { $0.hasPrefix("0 accepted, 0 duplicates, 5 refused") },
                    "\(refused.lines)"
                )
                let unknown = try await run(stage, arguments + ["--not-to", "poler"], key: Stage.key)
                #expect(
                    unknown.code == 1 && unknown.lines.contains { $0.contains("\"not_to\" is the name of a provider") }
                )
                #expect(try await stage.received("polar") == 5)
            }
        }
    }

    @Test func `imports a table with a time zone, packed, and tells faulty rows`() async throws {
        try await Stage.set { (stage) async throws in
            try writeRoutes(stage)
            try await stage.withGateway { _ async throws in
                let file = stage.folder.appending(path: "usage.csv")
                let table = """
                    \u{FEFF}Account;When;Event;units
                    c1;2026-03-01 09:00;call;1,5
                    c1;2026-03-01 09:00;call;2
                    c2;yesterday;call;3
                    """
                try Data(table.utf8).write(to: file)
                let packing = try ChildProcess(path: "/usr/bin/gzip", [file.path])
                #expect(try await packing.waitForExit() == 0)
                let arguments = [
                    file.path + ".gz", "--format", "csv", "--map", "customer_id=Account,timestamp=When,name=Event",
                    "--timezone", "Europe/Berlin",
                ]
                let imported = try await run(stage, arguments)
                #expect(imported.code == 1)
                #expect(
                    imported.lines.contains { $0.hasPrefix("2 accepted, 0 duplicates, 1 refused") },
                    "\(imported.lines)"
                )
                #expect(imported.lines.contains { $0.contains("usage.csv.gz:4: the timestamp \"yesterday\"") })
                let again = try await run(stage, arguments)
                #expect(again.lines.contains { $0.hasPrefix("0 accepted, 2 duplicates, 1 refused") }, "\(again.lines)")
                try await waitUntil("Flexprice has both") { try await stage.billed("flexprice").count == 2 }
                let events =
                    try await stage.client.get("/v1/events?limit=10").object()["events"] as? [[String: Any]] ?? []
                #expect(events.allSatisfy { $0["timestamp"] as? String == "2026-03-01T08:00:00.000Z" })
            }
        }
    }

    /// Flexprice exports a row for each line item of an invoice; Lago lists an event once.
    @Test(arguments: ["lago", "flexprice"])
    func `a vendor's file that is imported twice is billed as if once`(format: String) async throws {
        try await Stage.set { (stage) async throws in
            try writeRoutes(stage)
            try await stage.withGateway { _ async throws in
                let rows = (0..<30).map { number in
                    let (event, customer) = (number % 10, number % 2)
                    return format == "lago"
                        ? #"{"transaction_id":"t\#(number)","external_subscription_id":"s\#(customer)","external_customer_id":"c\#(customer)","#
                            + #""code":"call","timestamp":"2026-10-01T10:00:0\#(event)Z","properties":{"units":\#(number)}}"#
                        : #"{"id":"e\#(event)","external_customer_id":"c\#(customer)","event_name":"call","#
                            + #""timestamp":"2026-10-01T10:00:0\#(event)Z","properties":{"units":"\#(event)"},"source":"api"}"#
                }
                let file = stage.folder.appending(path: "export.json")
                try Data(#"{"events":[\#(rows.joined(separator: ","))]}"#.utf8).write(to: file)
                // What is from Flexprice must not go there.
                let (vendor, key, count) =
                    format == "lago" ? ("flexprice", Self.history, 30) : ("polar", Stage.key, 10)
                for _ in 0..<2 {
                    let arguments = [file.path, "--format", format, "--until", Self.tomorrow]
                    let imported = try await run(stage, arguments, key: key)
                    #expect(imported.code == 0, "\(imported.lines)")
                    // A second run that does not know of the first.
                    try? FileManager.default.removeItem(atPath: file.path + ".tollgate-progress")
                    try await waitUntil("\(vendor) has all") { try await stage.billed(vendor).count == count }
                }
                let events = try await stage.client.get("/v1/events?limit=100").object()["events"] as? [Any]
                #expect(events?.count == count)
                #expect(try await stage.received(vendor) == count)
            }
        }
    }

    @Test func `leaves out what the gateway has sent to the vendor itself, also when it is run again`() async throws {
        try await Stage.set { (stage) async throws in
            try writeRoutes(stage, #"{"provider": "lago", "subscription_id": "sub_{customer_id}"}"#)
            try await stage.withGateway { _ async throws in
                let time = "2026-10-01T10:00:00.000Z"
                let events = (0..<20).map {
                    #"{"id":"evt-\#($0)","name":"call","customer_id":"c\#($0 % 2)","timestamp":"\#(time)"}"#
                }
                _ = try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
                try await waitUntil("Lago has all") { try await stage.billed("lago").count == 20 }
                // What Lago lists: the gateway's, some of before it, and one ID in another subscription, which is another event.
                let rows = [
                    (0..<20).map { ("evt-\($0)", "sub_c\($0 % 2)") }, (0..<5).map { ("old-\($0)", "sub_c0") },
                    [("evt-0", "sub_c1")],
                ]
                .joined().map { id, subscription in
                    #"{"transaction_id":"\#(id)","external_subscription_id":"\#(subscription)","external_customer_id":"c","#
                        + #""code":"call","timestamp":"\#(time)","properties":{}}"#
                }
                let file = stage.folder.appending(path: "lago.json")
                try Data(#"{"events":[\#(rows.joined(separator: ","))]}"#.utf8).write(to: file)
                let arguments = [file.path, "--format", "lago", "--route", "history"]

                let dry = try await run(stage, arguments + ["--dry-run"])
                #expect(dry.code == 0 && dry.lines.contains { $0.hasPrefix("26 events, from ") }, "\(dry.lines)")
                #expect(
                    dry.lines.contains { $0.hasPrefix("20 left out: the journal has them already") },
                    "\(dry.lines)"
                )
                #expect(try await stage.received("flexprice") == 0)
                let first = try await run(stage, arguments)
                #expect(
                    first.code == 0 && first.lines.contains { $0.hasPrefix("6 accepted, 0 duplicates, 0 refused") },
                    "\(first.lines)"
                )
                #expect(
                    first.lines.contains { $0.contains("20 left out: the journal has them already") },
                    "\(first.lines)"
                )
                // Interrupted before it could note how far it was.
                try FileManager.default.removeItem(atPath: file.path + ".tollgate-progress")
                let again = try await run(stage, arguments)
                #expect(again.lines.contains { $0.hasPrefix("0 accepted, 6 duplicates, 0 refused") }, "\(again.lines)")
                #expect(again.lines.contains { $0.contains("20 left out") }, "\(again.lines)")
                try await waitUntil("Flexprice has the others") { try await stage.billed("flexprice").count == 6 }
                #expect(try await stage.received("flexprice") == 6)

                // A client whose events go by another route; all is read again.
                try FileManager.default.removeItem(atPath: file.path + ".tollgate-progress")
                let elsewhere = try await run(stage, arguments + ["--not-to", "knetik"], key: Stage.key)
                #expect(elsewhere.code == 1)
                #expect(
                    elsewhere.lines.contains {
                        $0.contains("\"route\" is the name of a route that takes events of this client")
                    }
                )
            }
        }
    }

    @Test func `requires the time from which the gateway sent events itself where their IDs are not shown`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            let result = try await run(stage, ["none.json", "--format", "polar"])
            #expect(result.code == 64 && result.lines.contains { $0.contains("--format polar requires --until") })
        }
    }
}
