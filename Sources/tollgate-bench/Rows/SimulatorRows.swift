import Foundation
import NIOCore
import NIOHTTP1

/// The row about the simulated vendors, which comparisons are tested against.
extension BenchRun {
    /// A page of a list among many stored events, next to one among a hundredth of them.
    func simulatorsRow(events: Int) async throws -> Row {
        let server = try await BenchServer("tollgate", readyAt: "/sandbox", in: scratch) {
            ["sandbox", "--listen", "127.0.0.1:\($0)", "--log-level", "error"]
        }
        return try await server.whileRunning {
            var figures: [Figure] = []
            for vendor in SimulatedVendor.all {
                try await vendor.fill(0..<(events / 100), at: server)
                let few = try await vendor.pageTime(stored: events / 100, at: server)
                try await vendor.fill((events / 100)..<events, at: server)
                let many = try await vendor.pageTime(stored: events, at: server)
                let limit = Limit(name: "among \(events / 100)", value: few)
                figures.append(Figure("\(vendor.name): a page of 100", many, "ms", of: limit))
            }
            let bytes = server.process.usage.residentBytes / (events * SimulatedVendor.all.count)
            return Row(
                .simulators,
                "read a page from the middle of \(events) events that each simulated vendor holds",
                figures + [Figure("resident", Double(bytes), "bytes/event")]
            )
        }
    }
}

/// How one simulated vendor is filled and read.
private struct SimulatedVendor {
    let name: String
    let credential: (name: String, value: String)
    let ingest: String
    let batch: Int
    let event: @Sendable (Int) -> String
    /// The request for a page of 100 events, so many events from the newest.
    let page: @Sendable (_ skipped: Int) -> (path: String, body: String?)

    static let all = [lago, polar, flexprice]

    /// Twenty events a second.
    private static func seconds(_ number: Int) -> Int { 1_767_225_600 + number / 20 }

    private static func text(_ number: Int) -> String {
        let moment = Date(timeIntervalSince1970: Double(seconds(number)))
        return "\(moment.ISO8601Format().dropLast()).\(100 + number % 900)Z"
    }

    private static let lago = SimulatedVendor(
        name: "lago",
        credential: ("Authorization", "Bearer 5a4db0c5-0000-4000-8000-5a4db0c50000"),
        ingest: "/lago/api/v1/events/batch",
        batch: 100,
        event: { number in
            #"{"transaction_id":"event-\#(number)","external_subscription_id":"sub_\#(number % 1000)","#
                + #""code":"api_\#(number % 10)","timestamp":"\#(seconds(number)).\#(100 + number % 900)","#
                + #""properties":{"units":\#(number)}}"#
        },
        page: { ("/lago/api/v1/events?per_page=100&page=\($0 / 100 + 1)", nil) }
    )

    private static let polar = SimulatedVendor(
        name: "polar",
        credential: ("Authorization", "Bearer polar_oat_sandbox_0123456789abcdef"),
        ingest: "/polar/v1/events/ingest",
        batch: 1000,
        event: { number in
            #"{"name":"api_\#(number % 10)","external_id":"event-\#(number)","external_customer_id":"c\#(number % 1000)","#
                + #""timestamp":"\#(text(number))","metadata":{"units":\#(number),"tollgate_id":"event-\#(number)"}}"#
        },
        page: { ("/polar/v1/events/?limit=100&page=\($0 / 100 + 1)", nil) }
    )

    private static let flexprice = SimulatedVendor(
        name: "flexprice",
        credential: ("x-api-key", "sk_sandbox_0123456789abcdef"),
        ingest: "/flexprice/v1/events/bulk",
        batch: 1000,
        event: { number in
            #"{"event_id":"event-\#(number)","event_name":"api_\#(number % 10)","external_customer_id":"c\#(number % 1000)","#
                + #""timestamp":"\#(text(number))","properties":{"units":"\#(number)"}}"#
        },
        page: {
            ("/flexprice/v1/events/query", #"{"page_size":100,"offset":\#($0),"start_time":"2025-01-01T00:00:00Z"}"#)
        }
    )

    func fill(_ numbers: Range<Int>, at server: BenchServer) async throws {
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: batch) {
            let events = (start..<min(start + batch, numbers.upperBound)).map(event)
            let answer = try await server.post(ingest, #"{"events":[\#(events.joined(separator: ","))]}"#, credential)
            guard (200..<300).contains(Int(answer.status.code)) else {
                throw BenchFailure(description: "\(name) refused events: \(String(buffer: answer.body))")
            }
        }
    }

    /// The middle one of many pages, in milliseconds.
    func pageTime(stored: Int, at server: BenchServer) async throws -> Double {
        var times: [Double] = []
        for number in 0..<101 {
            let (path, body) = page(stored / 2 + number * 100 % (stored / 4))
            let start = SharedClock.now
            let answer =
                if let body { try await server.post(path, body, credential) } else {
                    try await server.get(path, credential)
                }
            times.append(Double(SharedClock.now - start) / 1e6)
            guard answer.status == .ok, answer.body.readableBytes > 10_000 else {
                throw BenchFailure(description: "\(name) showed no page: \(String(buffer: answer.body).prefix(200))")
            }
        }
        return BenchRun.median(times)
    }
}
