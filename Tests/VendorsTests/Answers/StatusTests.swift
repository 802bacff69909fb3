import Events
import TestSupport
import Testing
import Vendors

/// What each status means without a body, by the tables "Reading an outcome" and "Errors" of the vendors' fact sheets.
@Suite struct StatusTests {
    private static let vendors: [AdapterName] = ["lago", "polar", "flexprice", "knetik"]

    /// The outcome in the words of an exchange.
    private func expected(_ vendor: AdapterName, _ status: Int, events: Int) -> String {
        let refused = events == 1 ? "all reject" : "unnamed"
        switch status {
        case 207 where vendor == "knetik": return "all ambiguous vendor_error"
        // Knetik's success has no body; the others say what they took.
        case 200...299: return vendor == "knetik" ? "all delivered" : "all ambiguous vendor_error"
        case 300...399, 404, 405, 410, 421: return "all park not_found"
        case 401: return "all park unauthorized"
        case 402, 403: return "all park forbidden"
        case 415 where vendor == "knetik": return "all reject unsupported"
        case 406, 407, 411, 415, 426, 451: return "all park unsupported"
        case 408: return "all ambiguous timeout"
        case 409: return "\(refused) duplicate_conflict"
        case 413: return "\(refused) payload_too_large"
        case 429: return "all retry rate_limited"
        case 400...499: return "\(refused) invalid_event"
        case 501...599: return "all ambiguous vendor_unavailable"
        default: return "all ambiguous vendor_error"
        }
    }

    @Test(arguments: vendors, [1, 3])
    func `a status alone never tells more than it says`(vendor: AdapterName, count: Int) throws {
        let adapter = try #require(VendorRegistry.adapter(named: vendor))
        let events = try SampleEvent.translated(min(count, adapter.traits.requests.batch.events), by: adapter)
        for status in [-1, 0, 1, Int.min, Int.max] + Array(99...600) {
            let verdict = adapter.verdict(of: VendorAnswer(status: status, body: []), for: events)
            #expect(verdict.lines == [expected(vendor, status, events: events.count)], "\(status)")
        }
    }

    @Test(arguments: vendors)
    func `every fault names the vendor and the status`(vendor: AdapterName) throws {
        let adapter = try #require(VendorRegistry.adapter(named: vendor))
        let events = try SampleEvent.translated(1, by: adapter)
        for status in [302, 400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503] {
            let verdict = adapter.verdict(of: VendorAnswer(status: status, body: []), for: events)
            let message = verdict.faults.first??.message ?? ""
            #expect(message.hasPrefix("\(adapter.traits.vendor) (\(status)) "), "\(message)")
        }
    }

    /// Answers of each vendor by which it takes two events, and in Knetik's case one.
    private static let successes: [(vendor: AdapterName, status: Int, body: String)] = [
        ("lago", 200, #"{"events":[{},{}]}"#), ("polar", 200, #"{"inserted":1,"duplicates":1}"#),
        ("flexprice", 202, #"{"message":"Events accepted for processing"}"#), ("knetik", 202, ""),
    ]

    /// A proxy may name another type; what the body says counts.
    @Test(arguments: successes)
    func `the content type decides nothing`(vendor: AdapterName, status: Int, body: String) throws {
        let adapter = try #require(VendorRegistry.adapter(named: vendor))
        let events = try SampleEvent.translated(min(2, adapter.traits.requests.batch.events), by: adapter)
        for type in [nil, "", "text/html; charset=utf-8", "application/octet-stream", "application/json", ";;"] {
            let headers = type.map { [(name: "Content-Type", value: $0)] } ?? []
            let answer = VendorAnswer(status: status, headers: headers, body: Array(body.utf8))
            #expect(adapter.verdict(of: answer, for: events).lines == ["all delivered"], "\(type ?? "none")")
        }
    }

    /// What was received of an answer whose connection ended in its middle.
    @Test(arguments: successes.filter { !$0.body.isEmpty })
    func `a success that is cut at any byte may have been applied`(vendor: AdapterName, status: Int, body: String)
        throws
    {
        let adapter = try #require(VendorRegistry.adapter(named: vendor))
        let events = try SampleEvent.translated(2, by: adapter)
        for length in 0..<body.utf8.count {
            let answer = VendorAnswer(status: status, body: Array(body.utf8.prefix(length)))
            #expect(adapter.verdict(of: answer, for: events).lines == ["all ambiguous vendor_error"], "\(length) bytes")
        }
    }
}
