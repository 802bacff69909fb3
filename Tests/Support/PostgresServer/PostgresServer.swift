import Foundation
import Synchronization
import TestSupport

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A PostgreSQL server in a temporary folder, with a port of its own on 127.0.0.1 and `fsync` on. It never touches the system's server.
///
/// It ends with the test run, however that ends, and its files are removed then.
package final class PostgresServer: Sendable {
    /// One for all checks of a test run; each takes a schema of its own.
    package static func shared() async throws -> PostgresServer { try await starting.value }

    private static let starting = Task { try await PostgresServer.make() }

    /// Makes a database cluster and starts the server.
    /// - Parameters:
    ///   - settings: of the server, where they differ from those of tests; values without spaces.
    ///   - flush: how long its flushes take; nil: as long as the disk needs.
    package static func make(settings: [String: String] = [:], flush: SteadyFlush? = nil) async throws
        -> PostgresServer
    {
        try await onThreadOfItsOwn { try PostgresServer(flush: flush, settings: settings) }
    }

    /// Starts a standby that follows a server by streaming.
    package static func makeStandby(of primary: PostgresServer) async throws -> PostgresServer {
        try await onThreadOfItsOwn { try PostgresServer(following: primary) }
    }

    /// Makes a database cluster of which a part is on a disk of its own that can be full, and starts the server.
    package static func make(withDiskFor part: ServerDisk) async throws -> PostgresServer {
        try await onThreadOfItsOwn { try PostgresServer(disk: part) }
    }

    /// On 127.0.0.1.
    package let port: Int
    /// Where the server's socket is.
    package let folder: String
    private let programs: URL
    /// Where PostgreSQL's programs are.
    package var programFolder: String { programs.path }
    let keeper: ServerKeeper

    /// Blocks until the server has started.
    private init(
        following primary: PostgresServer? = nil,
        disk: ServerDisk? = nil,
        flush: SteadyFlush? = nil,
        settings: [String: String] = [:]
    ) throws {
        programs = try Self.findPrograms()
        let folder = Self.temporaryFolder().appending(path: "tollgate-postgres-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder.path
        port = try FreePort.find()
        var arguments = ["-c", ServerScript.text, "server", programs.path, folder.path, "\(port)"]
        arguments += primary.map { [$0.folder, "\($0.port)"] } ?? ["", ""]
        arguments += disk.map { [$0.rawValue, "\($0.megabytes)"] } ?? ["", ""]
        arguments += flush.map { [$0.library.path, "\($0.microseconds)"] } ?? ["", ""]
        for (name, value) in settings { arguments += ["-c", "\(name)=\(value)"] }
        keeper = try ServerKeeper(arguments)
        try keeper.expect("started")
    }

    /// A name for a schema that no other check has.
    package static func newSchema() -> String {
        "check_" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(16)
    }

    /// The address of the database, over the server's socket: without a network in between.
    package var address: String { address(ofDatabase: "postgres") }

    /// The address of a database, over the server's socket, for a role without a password. No network can be lost on the way, and a server
    /// on a busy machine may need longer than a gateway waits for one that is.
    package func address(ofDatabase database: String = "postgres", for role: String = "tollgate") -> String {
        "postgresql:///\(database)?host=\(folder)&port=\(port)&user=\(role)&connect_timeout=120"
    }

    /// The same over TCP, on some port of 127.0.0.1: the server's own, or that of a proxy before it.
    package func address(port: Int? = nil) -> String {
        "postgresql://tollgate@127.0.0.1:\(port ?? self.port)/postgres?sslmode=disable"
    }

    /// What the server has written into its log.
    package var log: String {
        (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
    }

    // MARK: Faults

    /// Ends the server as a loss of power would, and starts it again on what is on disk.
    package func crashAndRestart() async throws {
        try await crash()
        try await start()
    }

    /// Ends the server as a loss of power would; ``start()`` starts it again.
    package func crash() async throws {
        try await onThreadOfItsOwn { [keeper] in try keeper.command("kill", answer: "stopped") }
    }

    /// Starts a server that was ended.
    package func start() async throws {
        try await onThreadOfItsOwn { [keeper] in try keeper.command("start", answer: "started") }
    }

    /// Runs SQL, and returns what it prints: a row a line, columns separated by `|`.
    /// - Parameter address: of another database than the usual one, or for another role.
    @discardableResult
    package func run(_ sql: String, at address: String? = nil, schema: String? = nil) async throws -> [String] {
        let process = try ChildProcess(
            path: programs.appending(path: "psql").path,
            ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", address ?? self.address, "-c", sql],
            environment: schema.map { ["PGOPTIONS": "-c search_path=\($0)"] } ?? [:],
            separatesErrors: true
        )
        guard try await process.waitForExit() == 0 else {
            throw PostgresServerFailure(description: "psql: " + process.lastErrors())
        }
        return process.lines.filter { !$0.isEmpty }
    }

    // MARK: What the machine has

    /// Debian keeps the programs of each version apart, and out of `PATH`.
    private static func findPrograms() throws -> URL {
        let versions = URL(filePath: "/usr/lib/postgresql")
        let installed = (try? FileManager.default.contentsOfDirectory(atPath: versions.path)) ?? []
        let byVersion = installed.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map {
            versions.appending(path: "\($0)/bin")
        }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map {
            URL(filePath: String($0))
        }
        let needed = ["initdb", "postgres", "pg_isready", "psql"]
        let found = (byVersion + path).first { folder in
            needed.allSatisfy { FileManager.default.isExecutableFile(atPath: folder.appending(path: $0).path) }
        }
        guard let found else {
            throw PostgresServerFailure(
                description: """
                    these tests start a PostgreSQL server of their own, and \(needed.joined(separator: ", ")) are not installed: \
                    run `make install`, or install the packages postgresql and libpq-dev
                    """
            )
        }
        return found
    }

    /// The server runs as another user than root, to whom the temporary folder may belong; and a socket's path has to be short.
    static func temporaryFolder() -> URL {
        let usual = FileManager.default.temporaryDirectory.standardizedFileURL
        var path = ""
        for part in usual.pathComponents where part != "/" {
            path += "/" + part
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & 0o001 != 0 else { return URL(filePath: "/tmp") }
        }
        return path.utf8.count > 60 ? URL(filePath: "/tmp") : usual
    }
}

/// The script that keeps a server, and the pipe whose end is its end.
final class ServerKeeper: Sendable {
    private let process: ChildProcess
    /// What the script reads its commands from.
    private let commands: Int32
    /// How many of its answers were read.
    private let answered = Mutex(0)

    init(_ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        defer { close(ends[0]) }
        commands = ends[1]
        process = try ChildProcess(
            path: "/bin/sh",
            arguments,
            input: ends[0],
            separatesErrors: true,
            outlivesThis: true
        )
    }

    deinit { close(commands) }

    /// Sends a command and waits for its answer.
    func command(_ command: String, answer: String) throws {
        try answered.withLock { answered in
            let line = Array("\(command)\n".utf8)
            guard write(commands, line, line.count) == line.count else {
                throw PostgresServerFailure(description: "the script that keeps the PostgreSQL server has ended")
            }
            try expect(answer, after: &answered)
        }
    }

    /// Waits for an answer.
    func expect(_ answer: String) throws {
        try answered.withLock { try expect(answer, after: &$0) }
    }

    private func expect(_ answer: String, after answered: inout Int) throws {
        let count = answered
        try blockUntil("the PostgreSQL server of the tests: \(answer)") {
            // Asked first, so that what it said last is read too.
            let isRunning = process.isRunning
            return process.lines.count > count || !isRunning
        }
        let lines = process.lines
        let found = lines.count > count ? lines[count] : process.lastErrors()
        answered += 1
        guard found == answer else {
            throw PostgresServerFailure(description: "the PostgreSQL server of the tests: \(found)")
        }
    }
}

/// The server of the tests did not do what was asked.
package struct PostgresServerFailure: Error, CustomStringConvertible {
    package let description: String
}
