import CSpawn
package import Foundation
import Synchronization

/// A program: started with arguments and environment, its messages gathered line by line, ended by its id only.
///
/// Foundation's `Process` is not used anywhere in tests. It reads past the end of a buffer when a process with more than about 1,300 open
/// files starts another, and tests that run side by side open more than that. And it takes a program for running as long as any other
/// program that was started at the same moment runs (swift-corelibs-foundation, issue 4795). So this asks the system itself.
package final class ChildProcess: Sendable {
    package let identifier: Int32
    /// As `waitpid` gave it; nil as long as the program runs.
    private let status = Mutex<Int32?>(nil)
    private let output: ProgramOutput
    /// Standard error, where it is kept apart.
    private let complaints: ProgramOutput?
    private let outlivesThis: Bool

    /// The folder that holds this test program also holds the programs that were built with it.
    package static let programs = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

    /// Starts one of the programs that were built with the tests.
    package convenience init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        try self.init(path: Self.programs.appending(path: program).path, arguments, environment: environment)
    }

    /// - Parameters:
    ///   - path: of the program; a name without a slash is looked up in `PATH`.
    ///   - environment: beside what this process has itself.
    ///   - input: an open file that it reads; nil: there is nothing to read.
    ///   - separatesErrors: whether standard error is kept apart from standard output.
    ///   - outlivesThis: whether it goes on when this object is gone: it ends by itself then.
    /// - Throws: `POSIXError` if it cannot be started.
    package init(
        path: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: Int32? = nil,
        separatesErrors: Bool = false,
        outlivesThis: Bool = false
    ) throws {
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        output = try ProgramOutput()
        complaints = separatesErrors ? try ProgramOutput() : nil
        self.outlivesThis = outlivesThis
        let files = StandardFiles(input: input, output: output.file, errors: (complaints ?? output).file)
        identifier = try Self.spawn([path] + arguments, variables, files)
    }

    /// A test that fails on the way leaves nothing running behind.
    deinit {
        guard isRunning else { return }
        if outlivesThis {
            Thread.detachNewThread { [identifier] in
                var status: Int32 = 0
                waitpid(identifier, &status, 0)
            }
            return
        }
        kill(identifier, SIGKILL)
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
    }

    /// All complete lines of standard output so far, and of standard error where that is not kept apart.
    package var lines: [String] { output.lines }

    /// What ``lines`` are the lines of.
    package var printed: [UInt8] { output.bytes(last: nil) }

    /// The end of what was written to standard error.
    package func lastErrors(bytes: Int = 2000) -> String {
        String(decoding: (complaints ?? output).bytes(last: bytes), as: UTF8.self)
    }

    package var isRunning: Bool { exitStatus == nil }

    /// The exit status, or the signal's number if that ended it; nil as long as it runs.
    package var exitStatus: Int32? {
        let status = status.withLock { Self.status(of: identifier, &$0) }
        return status.map { $0 & 0x7F != 0 ? $0 & 0x7F : ($0 >> 8) & 0xFF }
    }

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
                status = self.exitStatus
                return status != nil
            }
        } catch {
            throw ProcessFailure(what: "\(error); \(state)", lines: lines)
        }
        return status ?? 0
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

    /// What was written so far, or its end.
    func bytes(last: Int?) -> [UInt8] {
        var status = stat()
        guard fstat(file, &status) == 0 else { return [] }
        let size = Int(status.st_size)
        let count = min(size, last ?? size)
        var (bytes, filled) = ([UInt8](repeating: 0, count: count), 0)
        while filled < count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                pread(file, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(size - count + filled))
            }
            guard read > 0 else { return Array(bytes[..<filled]) }
            filled += read
        }
        return bytes
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
    private struct StandardFiles {
        /// Nil: empty.
        let input: Int32?
        let output: Int32
        let errors: Int32
    }

    /// No other open file is handed on.
    private static func spawn(_ arguments: [String], _ variables: [String], _ files: StandardFiles) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input = files.input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, files.output, 1)
        posix_spawn_file_actions_adddup2(&actions, files.errors, 2)
        // Whatever their numbers: a socket that a program inherits looks open to its other end until the program is gone.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads of tests may block signals, such as the alarm that pgbench ends by; a program would inherit that.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        var identifier: pid_t = 0
        let result = withPointers(to: arguments) { arguments in
            withPointers(to: variables) { variables in
                posix_spawnp(&identifier, arguments[0].unsafelyUnwrapped, &actions, &attributes, arguments, variables)
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
