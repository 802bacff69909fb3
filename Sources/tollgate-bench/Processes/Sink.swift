import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The vendors' process.
struct Sink {
    let server: BenchServer

    /// Runs `body` with a sink in its own process, so that it does not share the gateway's threads.
    nonisolated(nonsending) static func whileRunning<Result>(
        in scratch: Scratch,
        _ body: (Sink) async throws -> Result
    ) async throws -> Result {
        let server = try await BenchServer("tollgate-bench", in: scratch) { ["sink", "--port", "\($0)"] }
        return try await server.whileRunning { try await body(Sink(server: server)) }
    }

    /// Makes vendors hold their answers back, or answer.
    func setGate(isShut: Bool) async throws {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/gate/\(isShut ? "shut" : "open")")
        request.method = .POST
        request.body = .bytes(ByteBuffer())
        _ = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    }

    /// Deliveries that the vendors have answered.
    func deliveries() async throws -> Int {
        let (_, body) = try await server.get("/count")
        return try JSONDecoder().decode([String: Int].self, from: Data(body.readableBytesView)).values.reduce(0, +)
    }

    /// Waits until the vendors have answered so many deliveries, or the time has passed.
    ///
    /// - Returns: the deliveries, and the seconds that they took.
    func waitForDeliveries(_ wanted: Int, within limit: Duration) async throws -> (count: Int, seconds: Double) {
        let start = SharedClock.now
        let end = ContinuousClock.now + limit
        var count = try await deliveries()
        while count < wanted, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(10))
            count = try await deliveries()
        }
        return (count, Double(SharedClock.now - start) / 1e9)
    }
}
