import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Calls a vendor in a loop with one ready-made request: what the HTTP client alone can deliver.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "call", shouldDisplay: false)

    @Option var port: Int
    @Option var vendor: String
    /// Requests under way at once.
    @Option var concurrency = 16
    @Option var batch = 1
    @Option var seconds = 5.0

    mutating func run() async throws {
        let event =
            #"{"transaction_id":"e-10000000000","external_subscription_id":"sub_customer-1000","code":"api_request","#
            + #""timestamp":1710947045.123,"properties":{"request_size":1024,"response_size":20480,"region":"eu-central-1","#
            + #""path":"/v1/things/42","status":200,"cached":false,"tokens":151.25,"model":"large-2024"}}"#
        let body = ByteBuffer(
            string: batch == 1 ? event : "{\"events\":[\(repeatElement(event, count: batch).joined(separator: ","))]}"
        )
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/\(vendor)/events")
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "Authorization": "Bearer bench"]
        request.body = .bytes(body)
        let start = SharedClock.now
        let end = start + UInt64(seconds * 1e9)
        let requests = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<concurrency {
                group.addTask { [request] in try await Self.call(request, until: end) }
            }
            return try await group.reduce(0, +)
        }
        let report = CallReport(seconds: Double(SharedClock.now - start) / 1e9, requests: requests)
        print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
    }

    private static func call(_ request: HTTPClientRequest, until end: UInt64) async throws -> Int {
        var requests = 0
        while SharedClock.now < end {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            _ = try await response.body.collect(upTo: 1 << 20)
            guard response.status.code < 300 else { throw BenchFailure(description: "answered \(response.status)") }
            requests += 1
        }
        return requests
    }
}

/// What the loop's process tells the one that started it.
struct CallReport: Codable {
    let seconds: Double
    let requests: Int

    var requestsPerSecond: Double { Double(requests) / seconds }
}
