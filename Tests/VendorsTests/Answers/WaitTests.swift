import Events
import TestSupport
import Testing
import Vendors

/// Which of the waits that an answer names counts, at each vendor.
@Suite struct WaitTests {
    private func outcome(_ vendor: AdapterName, _ status: Int, _ headers: [(String, String)]) throws -> String? {
        let adapter = try #require(VendorRegistry.adapter(named: vendor))
        let events = try SampleEvent.translated(1, by: adapter)
        let answer = VendorAnswer(status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: [])
        return adapter.verdict(of: answer, for: events).lines.first
    }

    /// Lago names its reset in a field of its own and its SDKs ignore `Retry-After`; elsewhere the standard's field comes first.
    @Test(arguments: [("lago", "9"), ("polar", "7"), ("flexprice", "7"), ("knetik", "7")])
    func `each vendor has a field that comes first`(vendor: AdapterName, seconds: String) throws {
        let headers = [("X-RateLimit-Reset", "9"), ("Retry-After", "7")]
        #expect(try outcome(vendor, 429, headers) == "all retry rate_limited after \(seconds)s")
        #expect(try outcome(vendor, 429, headers.reversed()) == "all retry rate_limited after \(seconds)s")
    }

    @Test(
        arguments: ["lago", "polar", "flexprice", "knetik"] as [AdapterName],
        ["", "soon", "-5", "1e9", "NaN", "1;2", "\u{661}", "0x10", "5 minutes"]
    )
    func `a field that says nothing leaves the other one`(vendor: AdapterName, text: String) throws {
        #expect(
            try outcome(vendor, 429, [("X-RateLimit-Reset", text), ("Retry-After", "7")])
                == "all retry rate_limited after 7s"
        )
        #expect(
            try outcome(vendor, 429, [("Retry-After", text), ("X-RateLimit-Reset", "9")])
                == "all retry rate_limited after 9s"
        )
        #expect(
            try outcome(vendor, 429, [("Retry-After", text), ("X-RateLimit-Reset", text)])
                == "all retry rate_limited"
        )
    }

    /// Longer waits than a week are mistakes; a Unix time in the past is a wait that is over.
    @Test(arguments: [
        ("604800", "after 604800s"), ("604801", "after 604800s"),
        ("9223372036854775807", "at 2262-04-11T23:47:16.855Z"),
        ("999999999", "after 604800s"), ("1000000000", "at 2001-09-09T01:46:40.000Z"), ("0.001", "after 1ms"),
    ])
    func `extreme waits are cut`(text: String, wait: String) throws {
        #expect(try outcome("lago", 429, [("X-RateLimit-Reset", text)]) == "all retry rate_limited \(wait)")
        #expect(try outcome("flexprice", 429, [("RateLimit-Reset", text)]) == "all retry rate_limited \(wait)")
    }

    @Test(arguments: ["lago", "polar", "flexprice", "knetik"] as [AdapterName])
    func `a vendor that fails may ask for a wait, and a limit's reset is none`(vendor: AdapterName) throws {
        for status in [500, 503, 504] {
            let code = status == 500 ? "vendor_error" : "vendor_unavailable"
            #expect(try outcome(vendor, status, [("Retry-After", "5")]) == "all ambiguous \(code) after 5s")
            #expect(try outcome(vendor, status, [("X-RateLimit-Reset", "5")]) == "all ambiguous \(code)")
        }
        // Nothing is tried again of what a wait cannot change.
        for status in [400, 401, 413] {
            #expect(try outcome(vendor, status, [("Retry-After", "5")])?.contains("after") == false)
        }
    }
}
