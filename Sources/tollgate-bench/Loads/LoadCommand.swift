import ArgumentParser
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Posts events over keep-alive connections, one request at a time on each, and prints the result as JSON.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "load", shouldDisplay: false)

    @Option var port: Int
    @Option var connections = 64
    @Option var batch = 1
    @Option var seconds = 5.0
    @Option var key = ""
    @Option var path = "/v1/events"
    /// Stop after this many events, if that comes first.
    @Option var events = Int.max
    /// Read what is at the path instead of posting events: a thing at a time, each with an id of its own.
    @Flag var reads = false
    /// Wait with each request until its events are delivered.
    @Flag var waits = false
    /// In front of every id, so that loads do not repeat one another's.
    @Option var prefix = "e"

    mutating func run() async throws {
        let template =
            reads
            ? RequestTemplate(reading: path, key: key)
            : RequestTemplate(path: path, batch: batch, prefix: prefix, key: key, waits: waits)
        let start = SharedClock.now
        let supply = EventSupply(batch: batch, most: events, end: start + UInt64(seconds * 1e9))
        let port = port
        // One thread is enough for what one machine's server can answer, and leaves the other cores to it.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let count = try await withThrowingTaskGroup(of: LoadCount.self) { tasks in
            for _ in 0..<connections {
                tasks.addTask { try await Self.connection(to: port, template, supply, on: group.next()) }
            }
            return try await tasks.reduce(into: LoadCount()) { $0.add($1) }
        }
        let report = count.report(batch: batch, eventBytes: template.eventBytes, start: start, end: SharedClock.now)
        print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
        try await group.shutdownGracefully()
    }

    /// Makes requests over one connection until the load has ended.
    private static func connection(
        to port: Int,
        _ template: RequestTemplate,
        _ supply: EventSupply,
        on eventLoop: any EventLoop
    ) async throws -> LoadCount {
        let done = eventLoop.makePromise(of: LoadCount.self)
        do {
            _ = try await ClientBootstrap(group: eventLoop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = LoadHandler(template: template, supply: supply, done: done)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
        } catch {
            done.fail(error)
        }
        return try await done.futureResult.get()
    }
}

/// The numbers of the events that are still to be sent; all connections take from it.
final class EventSupply: Sendable {
    private let next = Atomic(0)
    private let batch: Int
    private let most: Int
    private let end: UInt64

    /// - Parameter end: when the load has ended, by the shared clock.
    init(batch: Int, most: Int, end: UInt64) {
        self.batch = batch
        self.most = most
        self.end = end
    }

    /// The number of the next request's first event; nil when the load has ended.
    func take(at now: UInt64) -> Int? {
        guard now < end else { return nil }
        let first = next.wrappingAdd(batch, ordering: .relaxed).oldValue
        return first < most ? first : nil
    }
}
