import Events
import Foundation
import JSON
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
                let limit = Limit(name: "a page among \(events / 100)", value: few)
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
struct SimulatedVendor {
    let name: String
    let credential: (name: String, value: String)
    let ingest: String
    let batch: Int
    let event: @Sendable (Int) -> String
    /// How many events a page of its list has at most.
    let largestPage: Int
    /// The request for a page of so many events, so many events from the newest.
    let page: @Sendable (_ skipped: Int, _ size: Int) -> (path: String, body: String?)

    static let all = [lago, polar, flexprice]

    /// Twenty events per second.
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
        largestPage: 100,
        page: { ("/lago/api/v1/events?per_page=\($1)&page=\($0 / $1 + 1)", nil) }
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
        largestPage: 100,
        page: { ("/polar/v1/events/?limit=\($1)&page=\($0 / $1 + 1)", nil) }
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
        largestPage: 1000,
        page: {
            ("/flexprice/v1/events/query", #"{"page_size":\#($1),"offset":\#($0),"start_time":"2020-01-01T00:00:00Z"}"#)
        }
    )

    /// The credential without the word before it.
    var key: String { credential.value.split(separator: " ").last.map(String.init) ?? "" }

    /// Waits until so many events have reached it.
    func waitForEvents(_ wanted: Int, at server: BenchServer) async throws {
        let end = ContinuousClock.now + .seconds(600)
        while ContinuousClock.now < end {
            let body = try await server.get("/sandbox/\(name)/events?count=true").body
            let count =
                try JSONDecoder().decode([String: Int].self, from: Data(body.readableBytesView))["received"] ?? 0
            if count >= wanted { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BenchFailure(description: "\(name) has not got \(wanted) events")
    }

    /// The timestamps of so many events at Lago.
    static func times(of events: Int, at server: BenchServer) async throws -> [Timestamp] {
        var times: [Timestamp] = []
        for skipped in stride(from: 0, to: events, by: lago.largestPage) {
            let page = try await lago.read(skipped, lago.largestPage, at: server)
            let shown = JSONDocument(ifValid: Array(page.readableBytesView))?.root["events"]
            times += shown?.elements.compactMap { $0["timestamp"]?.string.flatMap { Timestamp(rfc3339: $0) } } ?? []
        }
        guard times.count == events else { throw BenchFailure(description: "\(times.count) events have a timestamp") }
        return times
    }

    @discardableResult
    private func read(_ skipped: Int, _ size: Int, at server: BenchServer) async throws -> ByteBuffer {
        let (path, body) = page(skipped, size)
        let answer =
            if let body { try await server.post(path, body, credential) } else {
                try await server.get(path, credential)
            }
        guard answer.status == .ok, answer.body.readableBytes > 10_000 else {
            throw BenchFailure(description: "\(name) showed no page: \(String(buffer: answer.body).prefix(200))")
        }
        return answer.body
    }

    /// Sends events in batches until the simulator has all of them.
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
            let start = SharedClock.now
            try await read(stored / 2 + number * 100 % (stored / 4), 100, at: server)
            times.append(Double(SharedClock.now - start) / 1e6)
        }
        return BenchRun.median(times)
    }
}
