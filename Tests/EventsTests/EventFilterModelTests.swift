import Events
import TestSupport
import Testing

/// A filter over random events, against its conditions one by one.
@Suite struct EventFilterModelTests {
    /// A filter's conditions hold together; each alone restricts what the others let pass.
    @Test func `a filter takes what meets all of its conditions`() {
        var random = SeededRandom()
        let texts = ["a", "b", "caf\u{E9}", "cafe\u{301}"]
        func some() -> [String] { texts.filter { _ in Int.random(in: 0..<3, using: &random) == 0 } }
        func one() -> String? { Bool.random(using: &random) ? texts.randomElement(using: &random) : nil }
        func matches(_ value: String?, _ wanted: [String]) -> Bool {
            wanted.isEmpty || wanted.contains { wanted in value.map { Array($0.utf8) == Array(wanted.utf8) } ?? false }
        }
        for _ in 0..<2000 {
            let event = SampleEvent.accepted(
                id: texts.randomElement(using: &random) ?? "a",
                name: texts.randomElement(using: &random) ?? "a",
                customer: one(),
                subscription: one(),
                source: one()
            )
            let (from, before) = (Int.random(in: -2...2, using: &random), Int.random(in: -2...2, using: &random))
            let filter = EventFilter(
                ids: some().map { EventID($0) },
                names: some(),
                customerIDs: some(),
                subscriptionIDs: some(),
                sources: some(),
                from: event.timestamp + .milliseconds(from),
                before: event.timestamp + .milliseconds(before)
            )
            let expected =
                matches(event.id.rawValue, filter.ids.map(\.rawValue)) && matches(event.name, filter.names)
                && matches(event.customerID, filter.customerIDs)
                && matches(event.subscriptionID, filter.subscriptionIDs) && matches(event.source, filter.sources)
                && from <= 0 && before > 0
            #expect(filter.takes(event) == expected, "seed \(SeededRandom.seed)")
        }
    }
}
