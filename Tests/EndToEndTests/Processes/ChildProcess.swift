import Foundation
import Synchronization
import TestSupport

/// A program under test: started with arguments and environment, its messages gathered line by line, ended by its id only.
final class ChildProcess: Sendable {
    private let process: Process
    private let gatheredLines = Mutex<[String]>([])

    /// The folder that holds this test program also holds the programs that were built with it.
    static let programs = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

    init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        process = Process()
        process.executableURL = Self.programs.appending(path: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let errors = Pipe()
        let output = Pipe()
        process.standardError = errors
        process.standardOutput = output
        try process.run()
        gather(errors)
        gather(output)
    }

    /// A test that fails on the way leaves nothing running behind.
    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// All complete lines of standard error and standard output so far.
    var lines: [String] { gatheredLines.withLock { $0 } }

    var identifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// Sends a signal and waits for the end.
    /// - Returns: the exit status, or the signal's number if that ended it.
    @discardableResult
    func stop(by signal: Int32 = SIGTERM) async throws -> Int32 {
        if process.isRunning { kill(process.processIdentifier, signal) }
        return try await waitForExit()
    }

    /// - Returns: the exit status, or the signal's number if that ended it.
    @discardableResult
    func waitForExit() async throws -> Int32 {
        try await waitUntil("process \(process.processIdentifier) ends", within: .seconds(60)) {
            !self.process.isRunning
        }
        return process.terminationStatus
    }

    /// Waits for a line that `match` makes something of.
    func waitForLine<Found>(_ what: String, _ match: (String) -> Found?) async throws -> Found {
        var found: Found?
        do {
            try await waitUntil(what, within: .seconds(30)) {
                found = self.lines.lazy.compactMap(match).first
                return found != nil || !self.process.isRunning
            }
        } catch {
            throw ProcessFailure(what: what, lines: lines)
        }
        guard let found else { throw ProcessFailure(what: what, lines: lines) }
        return found
    }

    private func gather(_ pipe: Pipe) {
        let rest = Mutex("")
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                return
            }
            let complete = rest.withLock { rest in
                rest += String(decoding: data, as: UTF8.self)
                var lines = rest.components(separatedBy: "\n")
                rest = lines.removeLast()
                return lines
            }
            self?.gatheredLines.withLock { $0 += complete }
        }
    }
}

/// A program did not say or do what was waited for; what it said instead.
struct ProcessFailure: Error, CustomStringConvertible {
    let what: String
    let lines: [String]

    var description: String {
        "never happened: \(what); the program said:\n" + lines.suffix(40).joined(separator: "\n")
    }
}
