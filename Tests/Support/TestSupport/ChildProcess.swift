import CSpawn
package import Foundation
import Synchronization

/// A program: started with arguments and environment, its messages gathered line by line, ended by its id only.
///
/// Foundation's `Process` reads past the end of a buffer when a process with more than about 1,300 open files starts another, and tests
/// that run side by side open more than that; so this asks the system itself.
package final class ChildProcess: Sendable {
    package let identifier: Int32
    /// As `waitpid` gave it; nil as long as the program runs.
    private let status = Mutex<Int32?>(nil)
    private let output: ProgramOutput

    /// The folder that holds this test program also holds the programs that were built with it.
    package static let programs = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

    /// Starts one of the programs that were built with the tests.
    package convenience init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        try self.init(path: Self.programs.appending(path: program).path, arguments, environment: environment)
    }

    /// - Parameters:
    ///   - path: of the program; a name without a slash is looked up in `PATH`.
    ///   - environment: beside what this process has itself.
    /// - Throws: `POSIXError` if it cannot be started.
    package init(path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        output = try ProgramOutput()
        identifier = try Self.spawn([path] + arguments, variables, writingTo: output.file)
    }

    /// A test that fails on the way leaves nothing running behind.
    deinit {
        guard isRunning else { return }
        kill(identifier, SIGKILL)
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
    }

    /// All complete lines of standard error and standard output so far.
    package var lines: [String] { output.lines }

    package var isRunning: Bool { status.withLock { Self.status(of: identifier, &$0) == nil } }

    /// Sends a signal and waits for the end.
    /// - Returns: the exit status, or the signal's number if that ended it.
    @discardableResult
    package func stop(by signal: Int32 = SIGTERM) async throws -> Int32 {
        if isRunning { kill(identifier, signal) }
        return try await waitForExit()
    }

    /// - Returns: the exit status, or the signal's number if that ended it.
    @discardableResult
    package func waitForExit() async throws -> Int32 {
        var status: Int32?
        do {
            try await waitUntil("process \(identifier) ends") {
                status = self.status.withLock { Self.status(of: self.identifier, &$0) }
                return status != nil
            }
        } catch {
            throw ProcessFailure(what: "\(error); \(state)", lines: lines)
        }
        let signal = (status ?? 0) & 0x7F
        return signal != 0 ? signal : ((status ?? 0) >> 8) & 0xFF
    }

    /// Waits for a line that `match` makes something of.
    package func waitForLine<Found>(_ what: String, _ match: (String) -> Found?) async throws -> Found {
        var found: Found?
        do {
            try await waitUntil(what) {
                // Asked first, so that what it said last is read too.
                let isRunning = self.isRunning
                found = self.lines.lazy.compactMap(match).first
                return found != nil || !isRunning
            }
        } catch {
            throw ProcessFailure(what: "\(what); \(state)", lines: lines)
        }
        guard let found else { throw ProcessFailure(what: "\(what); \(state)", lines: lines) }
        return found
    }

    /// How it ended, or what its threads wait for.
    private var state: String {
        if let status = status.withLock({ Self.status(of: identifier, &$0) }) {
            return status & 0x7F != 0 ? "signal \(status & 0x7F) ended it" : "it ended with \((status >> 8) & 0xFF)"
        }
        let tasks = "/proc/\(identifier)/task"
        let threads = ((try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []).map { thread in
            ["comm", "wchan", "syscall"].map { file in
                let text = (try? String(contentsOfFile: "\(tasks)/\(thread)/\(file)", encoding: .utf8)) ?? "?"
                return text.split(separator: " ").first?.trimmingCharacters(in: .newlines) ?? ""
            }
            .joined(separator: " ")
        }
        return "it runs, with threads \(threads.joined(separator: ", "))"
    }

    private static func status(of identifier: Int32, _ known: inout Int32?) -> Int32? {
        var status: Int32 = 0
        if known == nil, waitpid(identifier, &status, WNOHANG) == identifier { known = status }
        return known
    }
}

/// What a program says, line by line: it writes into a file that has no name any more, so that it never waits for a reader and a reader
/// needs no thread.
private final class ProgramOutput: Sendable {
    private struct State {
        var offset = 0
        var lines: [String] = []
        var rest: [UInt8] = []
    }

    let file: Int32
    private let state = Mutex(State())

    init() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "output-\(UUID().uuidString)").path
        file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EMFILE) }
        unlink(path)
    }

    deinit {
        if file >= 0 { close(file) }
    }

    /// All complete lines so far.
    var lines: [String] {
        state.withLock { state in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = pread(file, &buffer, buffer.count, off_t(state.offset))
                guard count > 0 else { return state.lines }
                state.offset += count
                state.rest += buffer[..<count]
                var parts = state.rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                state.rest = parts.popLast().map(Array.init) ?? []
                state.lines += parts.map { String(decoding: $0, as: UTF8.self) }
            }
        }
    }
}

extension ChildProcess {
    /// Both outputs go to one file, the input is empty, and no other open file is handed on.
    private static func spawn(_ arguments: [String], _ variables: [String], writingTo file: Int32) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, file, 1)
        posix_spawn_file_actions_adddup2(&actions, file, 2)
        // Whatever their numbers: a socket that a program inherits looks open to its other end until the program is gone.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var identifier: pid_t = 0
        let result = withPointers(to: arguments) { arguments in
            withPointers(to: variables) { variables in
                posix_spawnp(&identifier, arguments[0].unsafelyUnwrapped, &actions, nil, arguments, variables)
            }
        }
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .EINVAL) }
        return identifier
    }

    private static func withPointers<Result>(
        to texts: [String],
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
    }
}

/// A program did not say or do what was waited for; what it said instead.
package struct ProcessFailure: Error, CustomStringConvertible {
    let what: String
    let lines: [String]

    package init(what: String, lines: [String]) {
        self.what = what
        self.lines = lines
    }

    package var description: String {
        "never happened: \(what); the program said:\n" + lines.suffix(40).joined(separator: "\n")
    }
}
