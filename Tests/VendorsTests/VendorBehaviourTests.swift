import Events
import JSON
import TestSupport
import Testing
import Vendors

/// What the engine relies on at every vendor, registered today or later.
@Suite struct VendorBehaviourTests {
    static let names = TestedVendors.all.map(\.traits.adapter)

    private func adapter(_ name: AdapterName) throws -> any Adapter {
        try #require(TestedVendors.adapter(named: name))
    }

    @Test func `no two vendors share a name`() {
        #expect(Set(Self.names).count == Self.names.count)
    }

    @Test(arguments: names)
    func `settings are told apart and explained`(name: AdapterName) throws {
        let settings = try adapter(name).traits.settings
        #expect(Set(settings.map(\.name)).count == settings.count)
        for setting in settings {
            #expect(setting.summary.hasSuffix("."), "\(setting.name)")
            #expect(
                !["provider", "mode", "share", "rename"].contains(setting.name),
                "\(setting.name) is a destination's own word"
            )
        }
    }

    @Test(arguments: names)
    func `the same event gives the same bytes again`(name: AdapterName) throws {
        let adapter = try adapter(name)
        let destination = SampleEvent.destination(adapter)
        let first = try adapter.translate(SampleEvent.accepted(), for: destination)
        let second = try adapter.translate(SampleEvent.accepted(), for: destination)
        #expect(first == second)
        #expect(!first.identity.isEmpty)
    }

    @Test(arguments: names)
    func `a request holds its events as they were translated and in order`(name: AdapterName) throws {
        let adapter = try adapter(name)
        for count in Set([1, min(2, adapter.traits.requests.batch.events), adapter.traits.requests.batch.events]) {
            let events = try SampleEvent.translated(count, by: adapter)
            let request = adapter.request(carrying: events)
            #expect(request.texts != nil, "\(request.contentType): the body has another form")
            var rest = request.body[...]
            for event in events {
                let place = try #require(rest.firstRange(of: event.bytes))
                rest = rest[place.upperBound...]
            }
            #expect(request.path.hasPrefix("/") && ["POST", "PUT", "PATCH"].contains(request.method))
            #expect(request.body.count <= events.reduce(256) { $0 + $1.bytes.count + 1 })
        }
    }

    @Test(arguments: names)
    func `texts of every kind arrive as they were sent`(name: AdapterName) throws {
        let adapter = try adapter(name)
        let texts = [
            #"quote " backslash \ slash /"#, "line\nfeed\ttab\r\u{8}\u{C}\u{1}\u{1F}\u{7F}", "emoji 👩‍👩‍👧‍👦 🇩🇪",
            "a\u{2028}b\u{2029}c",
            "e\u{301} é", "ليل", "\u{FEFF}bom", "</script>", "{{customer_id}}", "%2F?&=#+", "'; drop table events; --",
        ]
        for text in texts {
            let event = SampleEvent.accepted(id: text, name: text, customer: text, subscription: text, source: text)
            let translated = try adapter.translate(event, for: SampleEvent.destination(adapter))
            let request = adapter.request(carrying: [translated])
            let arrived = try #require(request.texts).count { $0.utf8.elementsEqual(text.utf8) }
            #expect(
                arrived >= 3,
                "id, name and customer or subscription: \(String(decoding: translated.bytes, as: UTF8.self))"
            )
            #expect(translated.identity.utf8.elementsEqual(text.utf8))
        }
    }

    @Test(arguments: names)
    func `fields for other vendors are not looked at and unknown own ones are refused`(name: AdapterName) throws {
        let adapter = try adapter(name)
        let destination = SampleEvent.destination(adapter)
        let plain = try adapter.translate(SampleEvent.accepted(), for: destination)
        let other = SampleEvent.accepted(vendor: #"{"someone_else":{"field":1}}"#)
        #expect(try adapter.translate(other, for: destination) == plain)
        let unknown = SampleEvent.accepted(vendor: #"{"\#(name)":{"no_such_field":1}}"#)
        let fault = #expect(throws: Untranslatable.self) { try adapter.translate(unknown, for: destination) }
        #expect(fault?.field == "vendor.\(name).no_such_field")
    }

    @Test(arguments: names)
    func `an id that is unique in its scope only is told apart at the vendor`(name: AdapterName) throws {
        let adapter = try adapter(name)
        let events = ["a", "a/b", "a%2Fb"].map { scope in
            AcceptedEvent(scope: scope, of: SampleEvent.accepted(id: "b/c", subscription: "other"))
        }
        let identities = try events.map { try adapter.translate($0, for: SampleEvent.destination(adapter)).identity }
        #expect(Set(identities).count == identities.count)
    }

    @Test(arguments: names)
    func `a page from a proxy is never success`(name: AdapterName) throws {
        let adapter = try adapter(name)
        let page = Array("<!DOCTYPE html><html><body>Welcome to the Wi-Fi of Hotel Miramar</body></html>".utf8)
        for status in 0...999 {
            let events = try SampleEvent.translated(min(3, adapter.traits.requests.batch.events), by: adapter)
            let verdict = adapter.verdict(of: VendorAnswer(status: status, body: page), for: events)
            #expect(verdict.isSound(for: events.count))
            #expect(!verdict.hasDelivered, "\(status)")
            #expect(!verdict.faults.contains { $0?.everything.contains("Miramar") ?? false })
        }
    }

    @Test(arguments: names)
    func `an answer of random bytes crashes nothing and delivers nothing`(name: AdapterName) throws {
        let adapter = try adapter(name)
        var random = SeededRandom()
        let statuses = [Int](100...599) + [0, -1, 600, 999]
        let events = try SampleEvent.translated(min(3, adapter.traits.requests.batch.events), by: adapter)
        for status in statuses {
            let length = Int.random(in: 0...200, using: &random)
            let answer = VendorAnswer(
                status: status,
                headers: [
                    ("Retry-After", String(decoding: random.bytes(6), as: UTF8.self)),
                    ("X-RateLimit-Reset", String(decoding: random.bytes(6), as: UTF8.self)),
                    ("Location", String(decoding: random.bytes(20), as: UTF8.self)),
                ],
                body: random.bytes(length)
            )
            let verdict = adapter.verdict(of: answer, for: events)
            #expect(verdict.isSound(for: events.count), "seed \(SeededRandom.seed)")
            if !(200..<300).contains(status) {
                #expect(!verdict.hasDelivered, "seed \(SeededRandom.seed), status \(status)")
            }
        }
    }

    @Test(arguments: names)
    func `a real answer that was cut or damaged gives every event one outcome`(name: AdapterName) throws {
        let adapter = try adapter(name)
        var random = SeededRandom()
        let events = try SampleEvent.translated(min(3, adapter.traits.requests.batch.events), by: adapter)
        let bodies = [
            #"{"error":"RequestValidationError","detail":[{"type":"missing","loc":["body","events",0,"x","y"],"msg":"m"}]}"#,
            #"{"status":422,"error":"U","code":"v","error_details":{"1":{"transaction_id":["value_already_exist"]}}}"#,
            #"[{"code":202,"errors":null,"request":null},{"code":400,"errors":["no"],"request":{}}]"#,
            #"{"inserted":3,"duplicates":0}"#, #"{"code":"validation_error","message":"m","details":{"Events":"min"}}"#,
            #"{"detail":{"a":1},"error_details":[],"error":{},"message":7,"event":[],"events":{},"errors":{}}"#,
        ]
        for body in bodies {
            for status in [200, 202, 207, 301, 400, 401, 404, 409, 413, 422, 429, 500, 503] {
                var bytes = Array(body.utf8)
                if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
                if let place = bytes.indices.randomElement(using: &random), Bool.random(using: &random) {
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
                let verdict = adapter.verdict(of: VendorAnswer(status: status, body: bytes), for: events)
                #expect(verdict.isSound(for: events.count), "seed \(SeededRandom.seed)")
            }
        }
    }

    @Test(arguments: names)
    func `a vendor's words are cut and keys in them are hidden`(name: AdapterName) throws {
        let adapter = try adapter(name)
        let events = try SampleEvent.translated(1, by: adapter)
        let key = "sk_live_0123456789abcdef0123"
        let words =
            "key \(key) (\(key)), key='\(key)': of <someone@example.com> " + String(repeating: "nö ", count: 100_000)
        for body in [words, #"{"error":"\#(words)","message":"\#(words)","detail":"\#(words)"}"#] {
            for status in [400, 401, 403, 404, 422, 429, 500, 503] {
                let verdict = adapter.verdict(of: VendorAnswer(status: status, body: Array(body.utf8)), for: events)
                for fault in verdict.faults {
                    let text = try #require(fault?.everything)
                    #expect(!text.contains(key) && !text.contains("someone@"), "\(status)")
                    #expect(text.utf8.count < 800)
                }
            }
        }
    }
}

extension Verdict {
    /// Whether every one of so many events has exactly one outcome.
    fileprivate func isSound(for count: Int) -> Bool {
        switch self {
        case .all, .unnamed: true
        case .each(let outcomes): outcomes.count == count
        }
    }

    fileprivate var hasDelivered: Bool {
        switch self {
        case .all(let outcome): outcome.isDelivered
        case .each(let outcomes): outcomes.contains(where: \.isDelivered)
        case .unnamed: false
        }
    }
}

extension AcceptedEvent {
    /// The same event with a scope of its id.
    fileprivate convenience init(scope: String, of event: AcceptedEvent) {
        self.init(
            CanonicalEvent(
                idScope: scope,
                name: event.name,
                customerID: event.customerID,
                subscriptionID: event.subscriptionID,
                timestamp: event.timestampWasGiven ? event.timestamp : nil,
                source: event.source,
                properties: event.properties,
                vendor: event.vendor
            ),
            id: event.id,
            in: Submission(tenant: event.tenant, client: event.client, acceptedAt: event.acceptedAt, plan: event.plan)
        )
    }
}
