import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore

/// Runs all rows and prints the table.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run all rows and print the table (default)."
    )

    @Option(help: "Seconds a row.")
    var seconds = 5.0

    @Flag(help: "Print the rows as JSON.")
    var json = false

    mutating func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tollgate-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let ports = (noop: 18_181, gateway: 18_182, sink: 18_183)
        var rows: [Row] = []
        let noop = try BenchProcess("tollgate-bench", ["noop", "--port", "\(ports.noop)"])
        try await BenchProcess.waitForAnswer("http://127.0.0.1:\(ports.noop)/")
        let limit = try load(ports.noop, batch: 1, prefix: "noop")
        noop.stop()
        rows.append(Row("Hummingbird that only reads and answers, one event a request", limit))
        let sink = try BenchProcess("tollgate-bench", ["sink", "--port", "\(ports.sink)"])
        defer { sink.stop() }
        for (name, batch, destinations, hangs) in [
            ("accept, one event a request", 1, 0, false), ("accept, 100 events a request", 100, 0, false),
            ("accept one event a request and deliver to 1 vendor", 1, 1, false),
            ("the same with 3 vendors that take batches", 1, 3, false),
            ("the same, and a fourth vendor hangs", 1, 3, true),
            ("accept one event a request and deliver to 4 vendors", 1, 4, false),
        ] {
            var row = try await measure(name, batch, destinations, hangs: hangs, folder, ports)
            row.limit = batch == 1 ? limit["requests_per_s"] : nil
            rows.append(row)
        }
        print(json ? Table.json(rows) : Table.text(rows, seconds: seconds))
    }

    private func load(_ port: Int, batch: Int, prefix: String) throws -> [String: Int] {
        try BenchProcess.output(
            "tollgate-bench",
            [
                "load", "--port", "\(port)", "--batch", "\(batch)", "--seconds", "\(seconds)", "--key", BenchRoutes.key,
                "--prefix", prefix,
            ]
        )
    }

    /// One row with a gateway and a store of its own.
    private func measure(
        _ name: String,
        _ batch: Int,
        _ destinations: Int,
        hangs: Bool,
        _ folder: URL,
        _ ports: (noop: Int, gateway: Int, sink: Int)
    ) async throws -> Row {
        let routes = folder.appending(path: "routes.json")
        let data = folder.appending(path: "data-\(batch)-\(destinations)-\(hangs)")
        try Data(BenchRoutes.text(destinations: destinations, hangs: hangs, sink: ports.sink).utf8).write(to: routes)
        let gateway = try BenchProcess(
            "tollgate",
            [
                "serve", "--routes", routes.path, "--data", data.path, "--listen", "127.0.0.1:\(ports.gateway)",
                "--log-level", "error",
            ],
            environment: ["BENCH_KEY": "bench"]
        )
        defer { gateway.stop() }
        try await BenchProcess.waitForAnswer("http://127.0.0.1:\(ports.gateway)/healthz")
        let before = try await delivered(ports.sink)
        let start = ContinuousClock.now
        let result = try load(ports.gateway, batch: batch, prefix: "b\(batch)d\(destinations)\(hangs)")
        var row = Row(name, result)
        let wanted = (result["events"] ?? 0) * destinations
        let atEnd = try await delivered(ports.sink) - before
        while destinations > 0, try await delivered(ports.sink) - before < wanted,
            ContinuousClock.now - start < .seconds(120)
        {
            try await Task.sleep(for: .milliseconds(20))
        }
        let duration = ContinuousClock.now - start
        if destinations > 0 {
            row.deliveriesPerSecond = Int(Double(try await delivered(ports.sink) - before) / duration.inSeconds)
            row.backlog = max(0, wanted - atEnd)
        }
        row.memory = gateway.peakMemory
        return row
    }

    private func delivered(_ port: Int) async throws -> Int {
        let response = try await HTTPClient.shared.get(url: "http://127.0.0.1:\(port)/count").get()
        let data = response.body.map { Data($0.readableBytesView) } ?? Data("{}".utf8)
        let counts = try JSONSerialization.jsonObject(with: data) as? [String: Int] ?? [:]
        return counts.values.reduce(0, +)
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// The `routes.json` of a row: some vendors, all at the sink.
enum BenchRoutes {
    static let key = "tg_demo_5a4db0c5f1e2d3c4b5a69788"
    private static let digest = "97f523f477316f2ef7cb68e55f1853340d91b39ac1c4c3d3ccf7e8ac06c678e4"
    private static let vendors = ["lago", "polar", "flexprice", "knetik"]

    /// - Parameters:
    ///   - destinations: 0 for a route that is switched off, else how many vendors get each event.
    ///   - hangs: whether one more vendor takes requests and never answers.
    static func text(destinations: Int, hangs: Bool, sink: Int) -> String {
        var providers = vendors.map { vendor in
            #""\#(vendor)":{"adapter":"\#(vendor)","base_url":"http://127.0.0.1:\#(sink)/\#(vendor)","credential":{"env":"BENCH_KEY"},"concurrency":16}"#
        }
        var list = vendors.prefix(max(1, destinations)).map { vendor in
            let template = vendor == "lago" ? #","subscription_id":"sub_{customer_id}""# : ""
            return #"{"provider":"\#(vendor)","mode":"\#(destinations == 0 ? "off" : "primary")"\#(template)}"#
        }
        if hangs {
            providers.append(
                #""silent":{"adapter":"flexprice","base_url":"http://127.0.0.1:\#(sink)/silent","credential":{"env":"BENCH_KEY"}}"#
            )
            list.append(#"{"provider":"silent"}"#)
        }
        return
            #"{"version":1,"providers":{\#(providers.joined(separator: ","))},"routes":[{"name":"all","to":[\#(list.joined(separator: ","))]}],"#
            + #""clients":[{"name":"bench","key_sha256":"\#(digest)"}]}"#
    }
}

/// One line of the table.
struct Row {
    let name: String
    let result: [String: Int]
    /// Requests a second of the server that does nothing, in the same run.
    var limit: Int?
    var deliveriesPerSecond: Int?
    /// Deliveries that were still to be made when the load ended.
    var backlog: Int?
    /// Megabytes.
    var memory: Int?

    init(_ name: String, _ result: [String: Int]) {
        self.name = name
        self.result = result
    }

    var ratio: String {
        guard let limit, limit > 0, let rate = result["requests_per_s"] else { return "-" }
        return "\((Double(rate) / Double(limit) * 100).rounded() / 100)"
    }
}

/// The rows for people and for programs.
enum Table {
    static func text(_ rows: [Row], seconds: Double) -> String {
        var lines = [
            ["", "events/s", "of the limit", "p50 ms", "p99 ms", "failed", "deliveries/s", "left at end", "peak MB"]
        ]
        for row in rows {
            lines.append([
                row.name, "\(row.result["events_per_s"] ?? 0)", row.ratio, milliseconds(row.result["p50_us"]),
                milliseconds(row.result["p99_us"]),
                "\(row.result["failures"] ?? 0)", row.deliveriesPerSecond.map { "\($0)" } ?? "-",
                row.backlog.map { "\($0)" } ?? "-",
                row.memory.map { "\($0)" } ?? "-",
            ])
        }
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        let body = lines.map { line in
            zip(line, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ")
        }
        return body.joined(separator: "\n")
            + "\n\(seconds) s a row, 64 connections, events of about 300 bytes, load and sinks on the same machine"
    }

    private static func milliseconds(_ microseconds: Int?) -> String {
        "\(Double(microseconds ?? 0) / 1000)"
    }

    static func json(_ rows: [Row]) -> String {
        let objects = rows.map { row in
            var members = row.result.map { "\"\($0.key)\":\($0.value)" }.sorted()
            members.insert("\"name\":\"\(row.name)\"", at: 0)
            if let limit = row.limit { members.append("\"limit_requests_per_s\":\(limit)") }
            if let rate = row.deliveriesPerSecond { members.append("\"deliveries_per_s\":\(rate)") }
            if let backlog = row.backlog { members.append("\"left_at_end\":\(backlog)") }
            if let memory = row.memory { members.append("\"peak_mb\":\(memory)") }
            return "{\(members.joined(separator: ","))}"
        }
        return "[\(objects.joined(separator: ",\n "))]"
    }
}
