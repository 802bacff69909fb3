import Events
import JSON
import TestSupport
import Testing
import Vendors

/// Numbers that applications and vendors choose: none ends the process, and each has an answer that makes sense.
///
/// Where a number stands, the tables have `@`. Whoever reads another field of an answer adds a line.
@Suite struct ExtremeNumberTests {
    @Test(arguments: VendorBehaviourTests.names)
    func `an adapter translates or refuses every number`(name: AdapterName) throws {
        let adapter = try #require(TestedVendors.adapter(named: name))
        for number in ExtremeNumbers.json {
            let event = SampleEvent.accepted(
                properties: #"{"n":\#(number),"list":[\#(number)],"text":"\#(number)"}"#,
                vendor: #"{"\#(name)":{"precise_total_amount_cents":\#(number),"result":"r"}}"#
            )
            do {
                let translated = try adapter.translate(event, for: SampleEvent.destination(adapter))
                #expect(throws: Never.self, "\(number)") { try JSONDocument(parsing: translated.bytes) }
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }

    /// Bodies of vendors' answers to events.
    static let answers: [(adapter: AdapterName, body: String)] = [
        ("polar", #"{"inserted":@,"duplicates":@}"#), ("polar", #"{"inserted":2,"duplicates":@}"#),
        ("polar", #"{"detail":[{"type":"missing","loc":["body","events",@,"name"],"msg":"m"}]}"#),
        ("lago", #"{"events":[@,@]}"#), ("lago", #"{"error_details":{"@":{"timestamp":["invalid_format"]}}}"#),
        ("lago", #"{"status":@,"code":@}"#), ("flexprice", #"{"code":@,"http_status_code":@,"message":"m"}"#),
        ("knetik", #"[{"code":@,"errors":[@]},{"code":202,"errors":null}]"#), ("knetik", #"{"code":@,"errors":["e"]}"#),
    ]

    @Test(arguments: answers)
    func `an adapter reads every number in an answer`(adapterName: AdapterName, body: String) throws {
        let adapter = try #require(VendorRegistry.adapter(named: adapterName))
        let events = try SampleEvent.translated(min(2, adapter.traits.requests.batch.events), by: adapter)
        for number in ExtremeNumbers.texts {
            let headers = ["Retry-After", "X-RateLimit-Reset", "X-RateLimit-Remaining"].map {
                (name: $0, value: number)
            }
            for status in [200, 202, 207, 301, 400, 401, 404, 409, 422, 429, 500, 503] {
                let bytes = Array(body.replacing("@", with: number).utf8)
                let verdict = adapter.verdict(
                    of: VendorAnswer(status: status, headers: headers, body: bytes),
                    for: events
                )
                if case .each(let outcomes) = verdict { #expect(outcomes.count == events.count, "\(number)") }
            }
        }
    }

    /// Bodies of vendors' answers to questions.
    static let readings: [(adapter: AdapterName, body: String)] = [
        (
            "lago",
            #"{"events":[{"transaction_id":"t","code":"c","timestamp":@}],"meta":{"current_page":@,"next_page":@,"total_pages":@}}"#
        ),
        ("lago", #"{"event":{"transaction_id":"t","code":"c","timestamp":"@","precise_total_amount_cents":@}}"#),
        ("lago", #"{"fees":[{"amount_currency":"EUR","amount_cents":@,"taxes_amount_cents":@,"units":@}]}"#),
        (
            "lago",
            #"{"fees":[{"amount_currency":"JPY","amount_cents":@,"total_amount_cents":@},{"amount_currency":"JPY","amount_cents":@}]}"#
        ),
        (
            "polar",
            #"{"items":[{"name":"n","timestamp":"2024-01-01T00:00:00Z","metadata":{"n":@}}],"pagination":{"total_count":@,"max_page":@}}"#
        ),
        (
            "polar",
            #"{"items":[{"name":"n","occurrences":@,"first_seen":"0000-01-01T00:00:00Z","last_seen":"9999-12-31T23:59:59.999Z"}],"pagination":{"max_page":@}}"#
        ),
        (
            "flexprice",
            #"{"events":[{"id":"i","event_name":"n","timestamp":"9999-12-31T23:59:59.999Z","properties":{"n":@}}],"has_more":true,"iter_last_key":"@::@","offset":@,"total_count":@}"#
        ),
    ]

    @Test(arguments: readings)
    func `a question reads every number in an answer, and goes on from every cursor`(
        adapterName: AdapterName,
        body: String
    ) throws {
        let reader = try #require(VendorRegistry.adapter(named: adapterName)?.reader)
        let ends = [Timestamp(milliseconds: .min), Timestamp(milliseconds: .max), Timestamp(milliseconds: 0)]
        for number in ExtremeNumbers.json {
            let answer = VendorAnswer(status: 200, body: Array(body.replacing("@", with: number).utf8))
            for cursor in [nil, "k\(number)", "o\(number)", "\(number).10", "1.\(number)", number] {
                for order in [EventSearch.Order.newestFirst, .oldestFirst] {
                    for end in ends {
                        let filter = EventFilter(from: end, before: end)
                        let query = VendorListQuery(filter: filter, order: order, limit: 1000, cursor: cursor)
                        follow(reader.list(query), answer)
                    }
                }
            }
            follow(reader.names(EventFilter()), answer)
            follow(reader.find(WantedEvent(id: "t", known: SampleEvent.accepted(), destination: nil)), answer)
            follow(reader.estimate(TranslatedEvent(bytes: Array("{}".utf8), identity: "t")), answer)
        }
    }

    /// Answers each request of an inquiry alike, as often as the engine lets it ask.
    private func follow<Value>(_ inquiry: VendorInquiry<Value>, _ answer: VendorAnswer) {
        var inquiry = inquiry
        for _ in 0..<50 {
            guard case .ask(_, let next) = inquiry else { break }
            inquiry = next(answer)
        }
        if case .done(let value) = inquiry, let estimate = value as? Estimate { _ = estimate.total?.amount.text }
    }
}
