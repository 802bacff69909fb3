import Events
import Facades
import JSON
import TestSupport
import Testing
import Vendors

/// What the gateway relies on in every dialect, registered today or later.
@Suite struct DialectBehaviourTests {
    static let names = FacadeRegistry.all.map(\.adapter)

    private func dialect(_ name: AdapterName) throws -> any Dialect {
        try #require(FacadeRegistry.all.first { $0.adapter == name })
    }

    @Test func `no two dialects share a prefix, and each has an adapter`() {
        let prefixes = FacadeRegistry.all.flatMap(\.prefixes)
        #expect(Set(prefixes).count == prefixes.count)
        for prefix in prefixes { #expect(prefix.hasPrefix("/") && !prefix.hasSuffix("/")) }
        for name in Self.names { #expect(VendorRegistry.adapter(named: name) != nil) }
    }

    @Test(arguments: names)
    func `what is not served is said with 501 and the advice, never as something that is missing`(name: AdapterName)
        throws
    {
        let dialect = try dialect(name)
        for (method, path) in [("GET", "/customers/c"), ("PUT", "/nothing"), ("DELETE", "/"), ("GET", "")] {
            let request = DialectRequest(method: method, path: path)
            guard case .unserved = dialect.call(for: request) else {
                Issue.record("\(name) serves \(method) \(path)")
                continue
            }
        }
        let answer = dialect.answer(to: .unserved(advice: #"use "that" address"#))
        #expect(answer.status == 501)
        let json = try JSONDocument(parsing: answer.body).root
        #expect(String(decoding: answer.body, as: UTF8.self).contains(#"use \"that\" address"#) && json.kind == .object)
        #expect(dialect.basePath.hasPrefix("/\(name)"))
    }

    @Test(arguments: names)
    func `a method that a path does not have is refused with 405, and the others are listed`(name: AdapterName) throws {
        let answer = try dialect(name).answer(to: .wrongMethod(allowed: "GET, POST"))
        #expect(answer.status == 405 && answer.headers["Allow"] == "GET, POST")
        #expect(try JSONDocument(parsing: answer.body).root.kind == .object)
    }

    @Test(arguments: names)
    func `any bytes at any place are answered`(name: AdapterName) throws {
        let dialect = try dialect(name)
        var random = SeededRandom()
        let paths = [
            "", "/", "/events", "/events/", "/events/batch", "/events/ingest", "/events/bulk", "/events/query",
            "/batch",
            "/events/names", "/events/lookup", "/events/%", "/events/%C3%28", "//", "/events//x",
        ]
        let bodies: [[UInt8]] = [
            [], Array("{}".utf8), Array("[]".utf8), Array("null".utf8), Array(#"{"event":1,"events":1}"#.utf8),
            Array(#"{"event":[[]],"events":[[[]]]}"#.utf8), [0xEF, 0xBB, 0xBF], [0xFF, 0x00],
            Array(#"{"events":[{"metadata":{"#.utf8),
            Array(String(repeating: "[", count: 5000).utf8), Array(#"{"a":"\ud800"}"#.utf8),
        ]
        for path in paths {
            for method in ["GET", "POST", "PUT", "DELETE"] {
                for body in bodies + (0..<20).map({ _ in random.bytes(Int.random(in: 0...60, using: &random)) }) {
                    let request = DialectRequest(
                        method: method,
                        path: path,
                        query: [
                            (name: "page", value: "\u{0}"), (name: "filter", value: "{"),
                            (name: "metadata[", value: ""),
                        ],
                        headers: [
                            (name: "Content-Type", value: "application/json"), (name: "Content-Length", value: "1"),
                        ],
                        body: body
                    )
                    if case .answer(let answer) = dialect.call(for: request) {
                        #expect((200..<600).contains(answer.status), "seed \(SeededRandom.seed)")
                    }
                }
            }
        }
    }

    @Test(arguments: names)
    func `what a dialect reads from a damaged batch has no key twice`(name: AdapterName) throws {
        let dialect = try dialect(name)
        var random = SeededRandom()
        let body = Array(
            #"{"events":[{"transaction_id":"t","external_subscription_id":"s","code":"c","properties":{"a":1,"b":{"a":2,"c":3}},"name":"n","external_customer_id":"u","metadata":{"a":1,"b":2},"event_name":"n"}]}"#
                .utf8
        )
        for _ in 0..<2000 {
            var damaged = body
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                damaged[place] = "{}[]\",:abcx1".utf8.randomElement(using: &random) ?? 0
            }
            for path in ["/events/batch", "/events/ingest", "/events/bulk", "/batch"] {
                let request = DialectRequest(
                    method: "POST",
                    path: path,
                    headers: [(name: "Content-Type", value: "application/json"), (name: "Content-Length", value: "9")],
                    body: damaged
                )
                guard case .write(let events, _, _) = dialect.call(for: request) else { continue }
                for event in events {
                    for text in [event.properties, event.vendor].compactMap({ $0 }) {
                        let root = try JSONDocument(parsing: Array(text.bytes)).root
                        #expect(root.kind == .object && root.firstDuplicateKey == nil, "seed \(SeededRandom.seed)")
                    }
                    #expect(!event.name.isEmpty && event.customerID != nil || event.subscriptionID != nil)
                }
            }
        }
    }
}
