import Events
import JSON
import TestSupport
import Testing

/// Numbers and short texts at their ends.
@Suite struct SmallValueTests {
    @Test(
        arguments: [
            ("0", 0), ("1152921504606846975", 1_152_921_504_606_846_975), ("1152921504606846976", nil),
            ("9223372036854775807", nil),
            ("9223372036854775808", nil), ("-1", nil), ("", nil), ("1.0", nil), ("1e3", nil), (" 1", nil),
            ("0x10", nil), ("\u{661}", nil),
        ] as [(String, Int64?)]
    )
    func `reads a sequence number from outside, up to the largest there is`(text: String, number: Int64?) {
        #expect(SequenceNumber(text: text)?.rawValue == number)
    }

    @Test(arguments: ExtremeNumbers.texts)
    func `no number from outside is one whose neighbours overflow`(text: String) {
        guard let number = SequenceNumber(text: text) else { return }
        #expect(number <= .largest && number.advanced(by: 1) > number && number.advanced(by: -1) < number)
        #expect(number.distance(to: 0) == -Int(number.rawValue))
    }

    @Test(arguments: [
        ("", 100, ""), ("abc", 3, "abc"), ("abcd", 3, "abc…"), ("ééé", 3, "ééé"), ("éééé", 3, "ééé…"), ("abc", 0, "…"),
        ("e\u{301}\u{301}\u{301}", 2, "e\u{301}…"),
    ])
    func `an excerpt has so many scalars, and says that it is one`(text: String, longest: Int, excerpt: String) {
        #expect(Excerpt.of(text, longest: longest).utf8.elementsEqual(excerpt.utf8))
    }

    @Test(
        arguments: [
            (0, 2, "0.00"), (1, 2, "0.01"), (-1, 2, "-0.01"), (99, 2, "0.99"), (100, 2, "1.00"),
            (-12_345, 2, "-123.45"), (5, 0, "5"),
            (-5, 0, "-5"), (5, 3, "0.005"), (.max, 2, "92233720368547758.07"), (.min, 2, "-92233720368547758.08"),
            (.min, 0, "\(Int64.min)"),
            (.max, 30, "0.000000000009223372036854775807"),
        ] as [(Int64, Int, String)]
    )
    func `writes money in its main unit`(minor: Int64, decimals: Int, text: String) {
        #expect(Money(minor: minor, decimals: decimals).text == text)
    }

    @Test(arguments: [
        ("EUR", "12.34"), ("USD", "12.34"), ("JPY", "1234"), ("KWD", "1.234"), ("eur", "12.34"), ("", "12.34"),
    ])
    func `knows how many decimals a currency has`(currency: String, text: String) {
        #expect(Money(minor: 1234, currency: currency).text == text)
    }

    private func estimate(_ charges: [(Int64, String)]) -> Estimate {
        Estimate(
            charges: charges.map { minor, currency in
                let money = Money(minor: minor, currency: currency)
                return Estimate.Charge(
                    name: nil,
                    currency: currency,
                    units: nil,
                    unitAmount: nil,
                    amount: money,
                    taxes: Money(minor: 0, currency: currency),
                    total: money
                )
            }
        )
    }

    @Test func `adds what an event would cost, unless it is in two currencies or beyond all numbers`() {
        #expect(estimate([]).total == nil)
        #expect(estimate([(1, "EUR"), (-3, "EUR")]).total?.amount.text == "-0.02")
        #expect(estimate([(1, "EUR"), (1, "USD")]).total == nil)
        #expect(estimate([(.max, "JPY")]).total?.amount.minor == .max)
        #expect(estimate([(.max, "JPY"), (1, "JPY")]).total == nil)
        #expect(estimate([(.min, "JPY"), (-1, "JPY")]).total == nil)
    }

    @Test func `a filter takes events by what it names, and all of it must hold`() {
        let event = SampleEvent.accepted()
        let at = event.timestamp
        #expect(EventFilter().takes(event))
        #expect(EventFilter(from: at, before: at + .milliseconds(1)).takes(event))
        #expect(!EventFilter(from: at + .milliseconds(1)).takes(event))
        #expect(!EventFilter(before: at).takes(event), "the end does not belong to it")
        // Each field: the right value passes beside a wrong one, a wrong one alone does not, and what is absent is no value.
        let right = EventFilter(
            ids: ["x", "evt-1"],
            names: ["x", "api_request"],
            customerIDs: ["x", "customer456"],
            subscriptionIDs: ["x", "sub_1"],
            sources: ["x", "api"]
        )
        #expect(right.takes(event))
        let fields: [WritableKeyPath<EventFilter, [String]>] = [\.names, \.customerIDs, \.subscriptionIDs, \.sources]
        for field in fields {
            var wrong = right
            wrong[keyPath: field] = ["x"]
            #expect(!wrong.takes(event))
        }
        var wrong = right
        wrong.ids = ["x"]
        #expect(!wrong.takes(event))
        let bare = SampleEvent.accepted(customer: nil, subscription: nil, source: nil)
        for field in fields.dropFirst() {
            var filter = EventFilter()
            filter[keyPath: field] = [""]
            #expect(!filter.takes(bare))
        }
        #expect(!EventFilter(condition: { _ in false }).takes(event))
        #expect(!EventFilter(names: ["cafe\u{301}"]).takes(SampleEvent.accepted(name: "caf\u{E9}")))
    }

    @Test func `a page goes on behind its last event, or where the search stopped`() {
        let event = SampleEvent.accepted()
        let archived = ArchivedEvent(sequence: 9, event: event, deliveries: [])
        let cursor = EventCursor(timestamp: Timestamp(milliseconds: 5), sequence: 3)
        #expect(EventPage(events: [archived], hasMore: false).next == nil)
        #expect(EventPage(events: [], hasMore: true).next == nil)
        #expect(
            EventPage(events: [archived], hasMore: true).next == EventCursor(timestamp: event.timestamp, sequence: 9)
        )
        let stopped = EventPage(events: [archived], hasMore: false, stoppedAt: cursor)
        #expect(stopped.hasMore && stopped.next == cursor)
        let name = EventNameSummary(name: "n", count: 1, firstSeen: event.timestamp, lastSeen: event.timestamp)
        #expect(EventNamePage(names: [name], hasMore: true).next == "n")
        #expect(EventNamePage(names: [name], hasMore: false).next == nil)
    }

    @Test(arguments: [
        (Duration.seconds(Int64.max), Int64.max, Int64.max), (.seconds(Int64.min), .min, .min),
        (.milliseconds(Int64.max), .max, .max),
        (.milliseconds(Int64.min), .min, .min), (.microseconds(Int64.max), 9_223_372_036_854_775, .max),
        (.nanoseconds(999_999), 0, 999),
        (.nanoseconds(-999_999), 0, -999), (.milliseconds(-1), -1, -1000), (.zero, 0, 0),
    ])
    func `cuts durations towards zero, and at the ends of the numbers`(duration: Duration, milli: Int64, micro: Int64) {
        #expect(duration.wholeMilliseconds == milli)
        #expect(duration.wholeMicroseconds == micro)
    }

    /// A credential is a sequence of code points: a mark behind it makes another character of its end, and hides nothing.
    @Test(arguments: ["s3cret", "päß", "k\u{301}y"])
    func `leaves a credential out also where a combining mark follows it`(secret: String) {
        let redaction = Redaction(of: Secret(secret))
        for text in [
            "key \(secret)\u{301} refused", "key \(secret)\u{200D}", "\(secret)\u{FE0F}", "a\u{1F1E6}\(secret)",
        ] {
            let shown = redaction.redacted(text)
            #expect(Array(shown.utf8).firstRange(of: Array(secret.utf8)) == nil, "\(shown)")
            #expect(Array(shown.utf8).firstRange(of: Array("[redacted]".utf8)) != nil, "\(shown)")
        }
    }

    @Test(arguments: [
        ("a'b", "aXb"), ("'\u{301}", "X\u{301}"), ("'\u{200D}'", "X\u{200D}X"), ("", ""), ("\u{301}'", "\u{301}X"),
        ("''", "XX"),
    ])
    func `replaces code points, not characters`(text: String, replaced: String) {
        #expect(text.replacingScalars("'", with: "X").utf8.elementsEqual(replaced.utf8))
    }

    @Test(arguments: 1...12)
    func `leaves out every beginning of a credential that a cut text ends in, from four letters on`(length: Int) {
        let secret = "abcdefghijkl"
        let shown = Redaction(of: Secret(secret)).redacted("key \(secret.prefix(length))…")
        #expect(shown == (length < 4 ? "key \(secret.prefix(length))…" : "key [redacted]…"))
    }

    @Test func `an empty credential redacts nothing`() {
        #expect(Redaction(of: Secret("")).redacted("abc…") == "abc…")
        #expect(Redaction(of: Secret("")).redacted([1, 2]) == [1, 2])
    }
}
