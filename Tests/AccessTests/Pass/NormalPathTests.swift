import Access
import ConfigurationFile
import Foundation
import Testing

@Suite struct NormalPathTests {
    @Test(arguments: [
        "/", "/v1/customers", "/v1/customers/", "/v1/customers/a-b_c.d~e", "/v1/customers/...", "/v1/customers/a..b",
        "/v1/customers/%C3%A4%20b", "/v1/customers/a%2Fb", "/v1/customers/a%2fb", "/v1/customers/50%25",
        "/v1/a:b@c!$&'()*+,;=d",
        "/v1/customers/a;b=c", "/v1/customers/%2525",
    ])
    func `takes a path as it is`(path: String) throws {
        #expect(try NormalPath(path).text == path)
    }

    @Test(arguments: [
        ("/v1//customers", "/v1/customers"), ("//v1/customers", "/v1/customers"), ("/v1/customers//", "/v1/customers/"),
        ("/v1/./customers", "/v1/customers"), ("/v1/x/../customers", "/v1/customers"), ("/..", "/"),
        ("/v1/customers/..", "/v1/"), ("/v1/customers/.", "/v1/customers/"), ("/../../etc/passwd", "/etc/passwd"),
        ("/v1/%63ustomers", "/v1/customers"), ("/v1/customers/a%2Db", "/v1/customers/a-b"),
        ("/v1/customers/%7Ea", "/v1/customers/~a"),
    ])
    func `names the normal form of another spelling`(path: String, normal: String) {
        #expect(throws: NormalPath.Fault.spelled(otherThan: normal)) { try NormalPath(path) }
    }

    @Test(arguments: [
        "", "v1/customers", "*", "/v1/customers/%2e%2e/events", "/v1/customers/%2E./events",
        "/v1/customers/.%2e/events",
        "/v1/customers/..%2Fevents", "/v1/customers/..%2fevents", "/v1/customers/%2e%2e%2fevents",
        "/v1/customers/x%2F..%2Fevents", "/v1/customers/..%5Cevents", "/v1/customers/..%5cevents",
        "/v1/customers/%252e%252e/events", "/v1/customers/%252e%252e%252fevents", "/v1/customers/%25252e%25252e/x",
        "/v1/customers/..;/events", "/v1/customers/..;a=b/events", "/v1/customers/%2e%2e;/events", "/v1/customers/.;/x",
        "/v1/customers/%00", "/v1/customers/a%0d%0aX:y", "/v1/customers/a%0Ab", "/v1/customers/%7f", "/v1/customers/%",
        "/v1/customers/%4", "/v1/customers/%zz", "/v1/customers/%C0%AE%C0%AE/events", "/v1/customers/%c0%ae.",
        "/v1/customers/%FF", "/v1/customers/ä", "/v1/customers/a b", "/v1\\customers", "/v1/customers/a\tb",
        "/v1/customers#x", "/v1/customers?x", "/v1/customers/<x>", "/v1/customers/\"x\"", "/v1/[x]", "/v1/{x}",
        "/v1/a|b",
        "/v1/a^b", "/v1/a`b", "http://evil/v1/customers",
    ])
    func `refuses what servers read in several ways`(path: String) {
        #expect(
            performing: { try NormalPath(path) },
            throws: { error in
                if case NormalPath.Fault.ambiguous = error { true } else { false }
            }
        )
    }

    /// `%41`, `%2541`, `%252541` …: a level for each `25`. A path of thousands of levels would take a core for seconds.
    @Test(arguments: [(0, true), (1, true), (7, true), (8, false), (9, false), (20_000, false)])
    func `takes percent-encoding within percent-encoding to a depth of eight`(levels: Int, isTaken: Bool) {
        let path = "/v1/customers/%" + String(repeating: "25", count: levels) + "20"
        let fault = NormalPath.Fault.ambiguous(holding: "percent-encoding that is nested more than 8 levels deep")
        if isTaken {
            #expect(throws: Never.self) { try NormalPath(path) }
        } else {
            #expect(throws: fault) { try NormalPath(path) }
        }
    }

    @Test func `compares percent-encoding in upper case, and forwards it as it came`() throws {
        let path = try NormalPath("/v1/customers/%c3%a4")
        #expect(path.comparable == "/v1/customers/%C3%A4" && path.text == "/v1/customers/%c3%a4")
        #expect(path.decoded == "/v1/customers/ä")
        #expect(Glob("/v1/customers/%C3*").matches(path.comparable))
    }

    /// Whatever is put together from the parts that path tricks are made of: what is taken changes no more, however often a server
    /// undoes its encoding.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `takes nothing that leads upwards once decoded`(seed: UInt64) {
        var random = PathRandom(state: seed)
        let parts = [
            "/", "//", ".", "..", "%2e", "%2E", "%2f", "%5c", "%25", "2e", "2f", ";", "a", "events", "%61", "\\",
            "%c0%ae", "%00",
        ]
        for _ in 0..<2_000 {
            let text =
                "/"
                + (0..<Int.random(in: 1...6, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
            guard let path = try? NormalPath(text) else { continue }
            #expect(path.text == text)
            var current = text
            while true {
                let isSafe = !current.split(whereSeparator: { "/\\".contains($0) }).contains { segment in
                    [".", ".."].contains(segment.prefix { $0 != ";" })
                }
                #expect(isSafe, "\(text)")
                guard let next = current.removingPercentEncoding, next != current else { break }
                current = next
            }
        }
    }
}

/// SplitMix64.
private struct PathRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
