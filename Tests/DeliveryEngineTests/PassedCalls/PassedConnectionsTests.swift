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
    private func call(over connections: PassedConnections, to place: PassedConnections.Place) async throws {
        let connection = try await connections.take(place, for: .GET, reuses: true).get().value
        _ = try await connection.write(Self.request, isLast: true, within: .minutes(2)).get()
        while true {
            if case .end = try await connection.next(within: .minutes(2)).get() { break }
        }
        connections.giveBack(connection, to: place)
    }

    /// The vendor's end has arrived, but the event loop, which the test holds, has not heard of it.
    @Test func `passes no call over a connection that the vendor has ended a moment ago`() async throws {
        let (mayEnd, hasEnded) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let once = [RawVendor.Step.read, .send(Self.answer)]
        let first = once + [.wait(mayEnd), .end(hasEnded), .read, .awaitEnd]
        let vendor = try RawVendor { .play($0 == 0 ? first : once) }
        defer { vendor.stop() }
        let address = try #require(URLComponents(string: "http://127.0.0.1:\(vendor.port)"))
        let place = PassedConnections.Place(origin: try VendorOrigin(of: address), mustBeOutside: false)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let connections = PassedConnections(on: eventLoop)
        try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) {
            try await call(over: connections, to: place)
            func letItEnd() {
                mayEnd.signal()
                hasEnded.wait()
            }
            letItEnd()
            try await call(over: connections, to: place)
        }
        #expect(vendor.connections == 2 && vendor.requests.count == 2)
        try await connections.shutdown()
    }
}
