import Foundation
import TestSupport

/// A small disk in memory for a part of a server's files.
package enum ServerDisk: String, Sendable, CaseIterable {
    /// The tables and everything else but the log of changes. A statement that needs space is refused.
    case tables = "data"
    /// The log of changes. The server crashes when it needs space.
    case log = "wal"

    var megabytes: Int {
        switch self {
        case .tables: 96
        case .log: 32
        }
    }

    /// Whether this process may mount disks: not as an ordinary user, nor in most containers.
    package static let canBeMounted = mounts()

    private static func mounts() -> Bool {
        let folder = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID().uuidString)").path
        guard (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil
        else { return false }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]) && run("umount", [folder])
    }

    private static func run(_ program: String, _ arguments: [String]) -> Bool {
        guard let process = try? ChildProcess(path: program, arguments) else { return false }
        do {
            try blockUntil("\(program) ends") { !process.isRunning }
        } catch {
            return false
        }
        return process.exitStatus == 0
    }
}

extension PostgresServer {
    /// Leaves no space on the server's small disk.
    package func fillDisk() async throws {
        try await onThreadOfItsOwn { [keeper] in try keeper.command("fill", answer: "filled") }
    }

    /// Gives the space back.
    package func emptyDisk() async throws {
        try await onThreadOfItsOwn { [keeper] in try keeper.command("empty", answer: "emptied") }
    }
}
