import Foundation
import PostgresServer
import TestSupport

/// A PostgreSQL server of the benchmark, and the programs beside it that make the baselines.
struct BenchDatabase: Sendable {
    let server: PostgresServer
    private let folder: URL

    /// How long each flush takes at a server that does not depend on the disk of this machine.
    static let flush = Duration.milliseconds(1)

    /// Starts a server with room for an index of some million IDs, and few checkpoints.
    /// - Parameter isSteady: whether each flush of its log takes ``flush``, instead of what the disk needs.
    static func start(in scratch: Scratch, steady isSteady: Bool) async throws -> BenchDatabase {
        let settings = [
            "shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "15min", "wal_compression": "on",
            "max_connections": "300", "wal_sync_method": "fdatasync",
        ]
        let library = ChildProcess.programs.appending(path: "libSteadyFlush.so")
        let steady = SteadyFlush(library: library, microseconds: Int(flush / .microseconds(1)))
        let server = try await PostgresServer.make(settings: settings, flush: isSteady ? steady : nil)
        let database = BenchDatabase(server: server, folder: scratch.folder)
        if isSteady { try await database.checkFlushes() }
        return database
    }

    /// A library that could not be loaded would show in wrong rates only.
    private func checkFlushes() async throws {
        try await server.run("CREATE TABLE flushed(a int4)")
        let most = Double(Duration.seconds(1) / Self.flush)
        let rate = try await repeated("INSERT INTO flushed VALUES (1);\n", connections: 1, .times(200))
        guard rate <= most else {
            throw BenchFailure(description: "flushes are not slowed: \(Int(rate)) commits a second, more than \(most)")
        }
    }

    /// What `tollgate serve` is told to keep its journal here.
    func arguments(schema: String, node: String = "bench") -> [String] {
        ["--store", server.address, "--store-schema", schema, "--node-name", node]
    }

    /// The one number that a query returns.
    func number(_ sql: String, schema: String? = nil) async throws -> Double {
        guard let number = try await server.run(sql, schema: schema).first.flatMap({ Double($0) }) else {
            throw BenchFailure(description: "no number came from: \(sql)")
        }
        return number
    }

    /// How many bytes the server has written to its log of changes.
    func logPosition() async throws -> Double { try await number("SELECT pg_current_wal_lsn() - '0/0'") }

    // MARK: Baselines

    /// How often `pgbench` carries out a script.
    enum Length {
        case seconds(Double)
        /// So many times on each connection.
        case times(Int)
    }

    /// Carries out a script over and over.
    /// - Returns: times per second, on all connections together.
    func repeated(_ script: String, connections: Int, _ length: Length) async throws -> Double {
        let file = folder.appending(path: "\(UUID().uuidString).sql")
        try Data(script.utf8).write(to: file)
        let extent =
            switch length {
            case .seconds(let seconds): ["-T", "\(max(1, Int(seconds.rounded(.up))))"]
            case .times(let times): ["-t", "\(times)"]
            }
        let output = try await printed(
            "pgbench",
            ["-n", "-M", "prepared", "-c", "\(connections)", "-j", "\(min(2, connections))", "-f", file.path] + extent
        )
        guard let match = output.firstMatch(of: #/tps = ([0-9.]+)/#), let rate = Double(match.1) else {
            throw BenchFailure(description: "pgbench said: \(output)")
        }
        return rate
    }

    /// Sends a file of statements, each of which is a transaction.
    /// - Returns: the seconds that it took.
    func sent(_ statements: String) async throws -> Double {
        let file = folder.appending(path: "\(UUID().uuidString).sql")
        try Data(statements.utf8).write(to: file)
        let start = SharedClock.now
        _ = try await printed("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file.path])
        let time = Double(SharedClock.now - start) / 1e9
        try FileManager.default.removeItem(at: file)
        return time
    }

    /// What one of PostgreSQL's programs prints.
    private func printed(_ program: String, _ arguments: [String]) async throws -> String {
        let place = ["-h", server.folder, "-p", "\(server.port)", "-U", "tollgate"]
        let process = try ChildProcess(path: server.programFolder + "/" + program, place + arguments + ["postgres"])
        // A measurement takes as long as it takes; who stops the benchmark cancels it.
        while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        let status = process.exitStatus ?? 0
        guard status == 0 else {
            throw BenchFailure(description: "\(program) ended with \(status): \(process.lastErrors(bytes: 500))")
        }
        return String(decoding: process.printed, as: UTF8.self)
    }
}
