import Dispatch
import Foundation
import Synchronization

/// Log lines that wait to be written: a caller adds a line and continues, and a dedicated thread writes it.
///
/// A reader of the log that stops reading, such as a full pipe, then stops nothing but this thread. The queue is bounded in bytes: what
/// comes when it is full is dropped and counted, and the log says how many lines are missing, at the place where they are.
final class LogQueue: Sendable {
    private struct State {
        var lines: [UInt8] = []
        /// Lines that the log does not mention as missing yet. While there are any, all that comes is dropped, so that they form one gap.
        var missing = 0
        var dropped = 0
        /// Whether the thread is writing what it took.
        var isWriting = false
        /// Whether the thread waits to be woken.
        var isIdle = false
        var hasThread = false
    }

    /// Lines that come within this time of each other are written together: to wake the thread for each costs more than the line.
    private static let pause: UInt32 = 2000

    private let descriptor: Int32
    private let limitBytes: Int
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    /// Makes the line that says how many are missing.
    private let note: @Sendable (Int) -> [UInt8]

    init(writingTo descriptor: Int32, limitBytes: Int, note: @escaping @Sendable (Int) -> [UInt8]) {
        self.descriptor = descriptor
        self.limitBytes = limitBytes
        self.note = note
    }

    /// Lines that were dropped since the start.
    var droppedLines: Int { state.withLock { $0.dropped } }

    /// Adds whole lines. Never waits for the reader.
    func append(_ line: UnsafeBufferPointer<UInt8>) {
        let (isDue, isFirst) = state.withLock { state -> (Bool, Bool) in
            if state.missing == 0, state.lines.count + line.count <= limitBytes {
                state.lines.append(contentsOf: line)
            } else {
                state.missing += 1
                state.dropped += 1
            }
            // Also for a gap: a line that is longer than the whole queue has none in front of it that would lead the thread to it.
            defer { (state.isIdle, state.hasThread) = (false, true) }
            return (state.isIdle, !state.hasThread)
        }
        if isFirst { Thread { self.run() }.start() }
        if isDue { wake.signal() }
    }

    /// Returns when everything is written, or after this time if nobody reads.
    func flush(within limit: Duration) {
        let end = ContinuousClock.now + limit
        while !state.withLock({ $0.lines.isEmpty && $0.missing == 0 && !$0.isWriting }), ContinuousClock.now < end {
            usleep(500)
        }
    }

    private func run() {
        // A reader that has gone is an error of `write`, and no reason to end the program.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        while true {
            let lines = take()
            if let lines {
                write(lines)
            } else {
                wake.wait()
                usleep(Self.pause)
            }
        }
    }

    /// What is to be written next; nil if there is nothing, and then the thread is woken when something comes.
    private func take() -> [UInt8]? {
        state.withLock { state in
            var lines: [UInt8] = []
            swap(&lines, &state.lines)
            // There was no room for them behind the lines in front of the gap, so this comes after those, if there are any.
            if state.missing > 0 {
                state.lines = note(state.missing)
                state.missing = 0
            }
            if lines.isEmpty { swap(&lines, &state.lines) }
            (state.isWriting, state.isIdle) = (!lines.isEmpty, lines.isEmpty)
            return lines.isEmpty ? nil : lines
        }
    }

    private func write(_ lines: [UInt8]) {
        var rest = lines[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var reader = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&reader, 1, -1)
            } else if errno != EINTR {
                // Nobody will ever read it.
                let lost = rest.count { $0 == UInt8(ascii: "\n") }
                state.withLock { $0.dropped += lost }
                return
            }
        }
    }
}
