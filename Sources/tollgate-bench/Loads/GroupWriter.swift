import Foundation
import NIOCore
import Synchronization

/// Writes what came while the last group was on its way to the disk as the next group: one write, one `fdatasync`.
final class GroupWriter: Sendable {
    /// A request whose body is not on disk yet.
    private struct Waiting {
        let body: ByteBuffer
        let channel: any Channel
    }

    /// As many as there are connections: each sends one request at a time.
    private let waiting = Mutex<[Waiting]>([])
    private let arrived = DispatchSemaphore(value: 0)
    private let descriptor: Int32
    private static let answer = ByteBuffer(string: "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")

    init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw BenchFailure(description: "cannot open \(path): error \(errno)") }
        let thread = Thread { [self] in writeGroups() }
        thread.name = "writer"
        thread.start()
    }

    /// Answers the channel when the body is on disk.
    func write(_ body: ByteBuffer, for channel: any Channel) {
        let isFirst = waiting.withLock {
            $0.append(Waiting(body: body, channel: channel))
            return $0.count == 1
        }
        if isFirst { arrived.signal() }
    }

    /// Writes everything that waits in one group, syncs once, and then responds to all: the cheapest durable write possible.
    private func writeGroups() -> Never {
        while true {
            arrived.wait()
            let group = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            commit(group.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1.body) })
            for members in Dictionary(grouping: group, by: { ObjectIdentifier($0.channel.eventLoop) }).values {
                members[0].channel.eventLoop.execute {
                    for member in members { member.channel.writeAndFlush(Self.answer, promise: nil) }
                }
            }
        }
    }

    /// Writes all bytes, however many the system takes at a time.
    private func commit(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Foundation.write(
                    descriptor,
                    UnsafeRawBufferPointer(rebasing: rest).baseAddress,
                    rest.count
                )
                precondition(written > 0, "the disk takes no more: error \(errno)")
                rest = rest.dropFirst(written)
            }
        }
        #if canImport(Darwin)
            let isSynced = fcntl(descriptor, F_FULLFSYNC) == 0
        #else
            let isSynced = fdatasync(descriptor) == 0
        #endif
        precondition(isSynced, "the disk does not sync: error \(errno)")
    }
}
