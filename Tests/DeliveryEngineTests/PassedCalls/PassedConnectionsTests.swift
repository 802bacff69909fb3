import Dispatch
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing
import Transport

@testable import DeliveryEngine

/// Which connections carry passed calls.
@Suite struct PassedConnectionsTests {
    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    private static let request = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")

    /// Makes a call and gives the connection back. Must be called on the event loop.
    private func call(over connections: PassedConnections, to target: PassedConnections.Target) async throws {
        let connection = try await connections.take(target, for: .GET, reuses: true).get().value
        _ = try await connection.write(Self.request, isLast: true, within: .minutes(2)).get()
        while true {
            if case .end = try await connection.next(within: .minutes(2)).get() { break }
        }
        connections.giveBack(connection, to: target)
    }

    /// The vendor's end has arrived, but the event loop, which the test holds, has not heard of it.
    @Test func `passes no call over a connection that the vendor has ended a moment ago`() async throws {
        let (mayEnd, hasEnded) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let once = [RawVendor.Step.read, .send(Self.answer)]
        let first = once + [.wait(mayEnd), .end(hasEnded), .read, .awaitEnd]
        let vendor = try RawVendor { .play($0 == 0 ? first : once) }
        defer { vendor.stop() }
        let address = try #require(URLComponents(string: "http://127.0.0.1:\(vendor.port)"))
        let target = PassedConnections.Target(origin: try VendorOrigin(of: address), mustBeOutside: false)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let connections = PassedConnections(on: eventLoop)
        try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) {
            try await call(over: connections, to: target)
            func letItEnd() {
                mayEnd.signal()
                hasEnded.wait()
            }
            letItEnd()
            try await call(over: connections, to: target)
        }
        #expect(vendor.connections == 2 && vendor.requests.count == 2)
        try await connections.shutdown()
    }

    // MARK: - Whoever is faster waits

    /// Counts what a connection reads.
    private final class ReadCount: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var bytes = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytes
            context.fireChannelRead(data)
        }
    }

    /// Takes a connection to a vendor, and runs `body` on its event loop.
    private func withConnection(
        to script: [RawVendor.Step],
        _ body: (PassedConnection, any EventLoop) async throws -> Void
    ) async throws {
        let vendor = try RawVendor { _ in .play(script) }
        defer { vendor.stop() }
        let address = try #require(URLComponents(string: "http://127.0.0.1:\(vendor.port)"))
        let target = PassedConnections.Target(origin: try VendorOrigin(of: address), mustBeOutside: false)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let connections = PassedConnections(on: eventLoop)
        try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) {
            let connection = try await connections.take(target, for: .POST, reuses: false).get().value
            try await body(connection, eventLoop)
            connection.end(ExchangeFailure.connectionEnded)
        }
    }

    /// Lets the event loop look at its connections so many times, which it does not as long as it has other work.
    private func turn(_ eventLoop: any EventLoop, _ times: Int = 20) async throws {
        for _ in 0..<times { try await eventLoop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get() }
    }

    @Test func `read no more of an answer than is asked for, however much has come`() async throws {
        let (size, isFull) = (64 << 20, DispatchSemaphore(value: 0))
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n"
        try await withConnection(to: [.read, .send(head), .flood(size, isFull: isFull)]) { connection, eventLoop in
            let count = ReadCount()
            try connection.channel.pipeline.syncOperations.addHandler(count, position: .first)
            _ = try await connection.write(Self.request, isLast: true, within: .minutes(5)).get()
            guard case .head = try await connection.next(within: .minutes(5)).get() else { throw Unexpected.step }
            // Its bytes fill the buffers of the system.
            while isFull.wait(timeout: .now()) == .timedOut { try await turn(eventLoop, 1) }
            let before = count.bytes
            try await turn(eventLoop)
            #expect(count.bytes == before && before < 1 << 20, "\(before), \(count.bytes)")
            var received = 0
            while case .body(let piece) = try await connection.next(within: .minutes(5)).get() {
                received += piece.readableBytes
            }
            #expect(received == size)
        }
    }

    @Test func `take no more of a request than the system does`() async throws {
        let (size, mayRead) = (64 << 20, DispatchSemaphore(value: 0))
        try await withConnection(to: [.wait(mayRead), .awaitEnd]) { connection, eventLoop in
            let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n"
            _ = try await connection.write(ByteBuffer(string: head), isLast: false, within: .minutes(5)).get()
            let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: size)
            let written = connection.write(body, isLast: true, within: .minutes(5))
            let isWritten = NIOLoopBoundBox(false, eventLoop: eventLoop)
            written.whenComplete { _ in isWritten.value = true }
            try await turn(eventLoop)
            #expect(!isWritten.value)
            mayRead.signal()
            _ = try await written.get()
        }
    }
}
