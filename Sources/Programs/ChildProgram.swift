import CSpawn
import Foundation

/// Runs another program, such as one that prints a credential or sends a mail. Without a shell: its arguments are passed as they stand.
///
/// The program inherits nothing of the gateway: no open file beyond its own input and output, no socket, no ignored signal, and only the
/// variables that are given here. What it leaves running therefore keeps no port of the gateway open.
package struct ChildProgram: Sendable {
    /// The program, looked up in `PATH` unless it has a slash, and its arguments.
    private let arguments: [String]
    private let environment: [String: String]
    /// What it can read, at most ``mostInputBytes``.
    private let input: [UInt8]
    /// The timeout, after which it is killed.
    private let limit: Duration

    /// Why a program did not succeed; contains nothing of its output.
    package struct Failure: Error, Equatable {
        package let reason: String
    }

    /// What fits the buffer of a pipe, so that nobody has to wait until the program reads it.
    package static let mostInputBytes = 48 << 10
    /// Output longer than this is not kept, and ends the program.
    private static let mostBytes = 64 << 10
    private static let pause: Int32 = 50

    /// - Parameters:
    ///   - arguments: the program, looked up in `PATH` unless it has a slash, and its arguments.
    ///   - environment: all variables that it gets.
    ///   - input: what it can read; at most ``mostInputBytes``.
    ///   - limit: after which it is killed.
    package init(arguments: [String], environment: [String: String], input: [UInt8] = [], limit: Duration) {
        precondition(!arguments.isEmpty, "there is no program without a name")
        precondition(input.count <= Self.mostInputBytes, "more input would have to wait until it is read")
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.limit = limit
    }

    /// What the program printed, if it succeeded. Runs on a thread of its own, since waiting for a program blocks.
    package func run() async -> Result<[UInt8], Failure> {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.runAndWait()) }
        }
    }

    private func runAndWait() -> Result<[UInt8], Failure> {
        guard let output = Self.openPipe() else { return .failure(Failure(reason: "could not be started")) }
        defer { close(output.reading) }
        _ = fcntl(output.reading, F_SETFL, O_NONBLOCK)
        let process = start(writingTo: output.writing)
        close(output.writing)
        guard let process else { return .failure(Failure(reason: "could not be started; is it there?")) }
        return watch(process, output.reading)
    }

    private static func openPipe() -> (reading: Int32, writing: Int32)? {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// A pipe that has the input, and no writer any more; nil if there is no input, or the system has no room for it.
    private func openInput() -> Int32? {
        guard !input.isEmpty, let pipe = Self.openPipe() else { return nil }
        _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
        let written = write(pipe.writing, input, input.count)
        close(pipe.writing)
        if written == input.count { return pipe.reading }
        close(pipe.reading)
        return nil
    }

    /// Reads until the program exits, not until the pipe closes: a process that it leaves running may keep the pipe open.
    private func watch(_ process: pid_t, _ output: Int32) -> Result<[UInt8], Failure> {
        let end = ContinuousClock.now + limit
        var printed: [UInt8] = []
        var status: Int32 = 0
        while true {
            var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, Self.pause)
            // Before the last read, so that output from just before the exit is not missed.
            let hasEnded = waitpid(process, &status, WNOHANG) == process
            read(output, into: &printed)
            // A part of what it printed is of no use, also where the program has ended.
            let isTooMuch = printed.count > Self.mostBytes
            if hasEnded, !isTooMuch { break }
            guard ContinuousClock.now < end, !isTooMuch else {
                if !hasEnded {
                    kill(-process, SIGKILL)
                    waitpid(process, &status, 0)
                }
                let tooLong = "did not end within \(limit.components.seconds) s"
                return .failure(Failure(reason: isTooMuch ? "printed too much" : tooLong))
            }
            // A pipe that is closed is always ready.
            if descriptor.revents & Int16(POLLHUP) != 0 { usleep(UInt32(Self.pause) * 1000) }
        }
        guard status & 0x7F == 0 else { return .failure(Failure(reason: "was ended by signal \(status & 0x7F)")) }
        let code = (status >> 8) & 0xFF
        return code == 0 ? .success(printed) : .failure(Failure(reason: "ended with exit code \(code)"))
    }

    private func read(_ output: Int32, into printed: inout [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while printed.count <= Self.mostBytes {
            let count = Foundation.read(output, &buffer, buffer.count)
            guard count > 0 else { return }
            printed += buffer[..<count]
        }
    }

    private static var flags: Int16 {
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        #if canImport(Darwin)
            return Int16(flags | POSIX_SPAWN_CLOEXEC_DEFAULT)
        #else
            return Int16(flags)
        #endif
    }

    /// - Returns: nil if it could not be started.
    private func start(writingTo output: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let readable = openInput()
        defer { if let readable { close(readable) } }
        if let readable {
            posix_spawn_file_actions_adddup2(&actions, readable, 0)
        } else if input.isEmpty {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        } else {
            return nil
        }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        #if !canImport(Darwin)
            posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        #endif
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Self.flags)
        // A process group of its own, so that its child processes end with it.
        posix_spawnattr_setpgroup(&attributes, 0)
        // A new program inherits ignored and blocked signals, and could then not be ended by them.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        var process: pid_t = 0
        let result = Self.withPointers(to: arguments) { arguments in
            Self.withPointers(to: environment.map { "\($0)=\($1)" }) { variables in
                posix_spawnp(&process, arguments[0].unsafelyUnwrapped, &actions, &attributes, arguments, variables)
            }
        }
        return result == 0 ? process : nil
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
