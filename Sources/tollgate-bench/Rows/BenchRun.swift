import Foundation

/// What the rows of a run have in common.
actor BenchRun {
    let scratch: Scratch
    /// Seconds that a load takes.
    let seconds: Double
    let connections = 64
    private var writers: LoadReport?
    private var loads = 0

    init(scratch: Scratch, seconds: Double) {
        self.scratch = scratch
        self.seconds = seconds
    }

    /// Runs a load and returns the result.
    ///
    /// - Parameters:
    ///   - events: maximum number of events; the load then takes as long as it takes.
    ///   - limit: within how many seconds, in that case.
    ///   - seconds: how long, if not as long as the loads of this run.
    ///   - prefix: of the events' ids; one that was used before repeats those events.
    ///   - flags: of the load's command.
    func load(
        _ server: BenchServer,
        path: String = "/v1/events",
        batch: Int = 1,
        events: Int? = nil,
        within limit: Double = 60,
        seconds: Double? = nil,
        connections: Int? = nil,
        prefix: String? = nil,
        flags: [String] = []
    ) async throws -> LoadReport {
        loads += 1
        let longest = events == nil ? seconds ?? self.seconds : max(limit, self.seconds * 12)
        var arguments = [
            "load", "--port", "\(server.port)", "--batch", "\(batch)", "--seconds", "\(longest)",
            "--connections", "\(connections ?? self.connections)", "--key", BenchRoutes.key, "--prefix",
            prefix ?? "load\(loads)",
            "--path", path,
        ]
        arguments += flags
        if let events { arguments += ["--events", "\(events)"] }
        let process = try BenchProcess("tollgate-bench", arguments, in: scratch)
        do {
            let output = try await process.printed(within: .seconds(longest + 15))
            return try JSONDecoder().decode(LoadReport.self, from: output)
        } catch {
            await process.stop()
            throw error
        }
    }

    /// The server that reads the body and answers.
    func noop(batch: Int, seconds: Double? = nil) async throws -> LoadReport {
        let server = try await BenchServer("tollgate-bench", in: scratch) { ["noop", "--port", "\($0)"] }
        return try await server.whileRunning { try await load(server, batch: batch, seconds: seconds) }
    }

    /// Measures something between two halves of a measurement of the server that does nothing, because the speed of a machine changes
    /// within minutes.
    /// - Returns: what was measured, and the server's events per second.
    func besideNoop(
        batch: Int = 1,
        named name: String = "noop",
        _ measure: () async throws -> LoadReport
    ) async throws -> (report: LoadReport, noop: Limit) {
        let before = try await noop(batch: batch, seconds: seconds / 2)
        let report = try await measure()
        let after = try await noop(batch: batch, seconds: seconds / 2)
        return (report, Limit(name: name, value: (before.eventsPerSecond + after.eventsPerSecond) / 2))
    }

    /// The server that writes the body to a file and answers when it is on disk.
    func writer() async throws -> LoadReport {
        if let known = writers { return known }
        let file = scratch.folder.appending(path: "writer.log").path
        let server = try await BenchServer("tollgate-bench", in: scratch) {
            ["writer", "--port", "\($0)", "--file", file]
        }
        let report = try await server.whileRunning { try await load(server) }
        writers = report
        return report
    }

    private static let keys = Dictionary(
        uniqueKeysWithValues: [("BENCH_KEY", "bench")]
            + SimulatedVendor.all.map { ("BENCH_\($0.name.uppercased())", $0.key) }
    )

    /// The middle one of an odd number of values.
    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// Starts a gateway over a data folder with the settings that users get, and stops it after something was carried out.
    ///
    /// - Parameters:
    ///   - data: the name of the store's folder; a new one each time if nil.
    ///   - logs: whether it writes its default log, which goes to a file.
    ///   - arguments: of `tollgate serve` beside the usual ones.
    func withGateway<Result>(
        _ routes: BenchRoutes,
        sink: Sink?,
        data: String? = nil,
        logs: Bool = true,
        arguments: [String] = [],
        _ body: (BenchServer) async throws -> Result
    ) async throws -> Result {
        let port = sink?.server.port ?? 9
        return try await withGateway(routes, at: port, data: data, logs: logs, arguments: arguments, body)
    }

    /// - Parameter port: where the vendors are.
    func withGateway<Result>(
        _ routes: BenchRoutes,
        at port: Int,
        data: String? = nil,
        logs: Bool = true,
        arguments: [String] = [],
        _ body: (BenchServer) async throws -> Result
    ) async throws -> Result {
        let name = data ?? UUID().uuidString
        let more = arguments + (logs ? [] : ["--log-level", "error"])
        let server = try await startGateway(routes, at: port, data: name, arguments: more)
        let result = try await server.whileRunning { try await body(server) }
        // What only one row needs would fill the disk until the end of the run.
        if data == nil { try FileManager.default.removeItem(at: scratch.folder.appending(path: name)) }
        return result
    }

    /// Starts a gateway; whoever asks for it stops it.
    /// - Parameters:
    ///   - port: where the vendors are.
    ///   - data: the name of its data folder.
    func startGateway(
        _ routes: BenchRoutes,
        at port: Int,
        data: String,
        arguments: [String]
    ) async throws -> BenchServer {
        let file = scratch.folder.appending(path: "\(UUID().uuidString).json")
        try Data(routes.text(sink: port).utf8).write(to: file)
        let folder = scratch.folder.appending(path: data)
        return try await BenchServer("tollgate", environment: Self.keys, in: scratch) {
            ["serve", "--routes", file.path, "--data", folder.path, "--listen", "127.0.0.1:\($0)"] + arguments
        }
    }
}
