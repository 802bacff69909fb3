import Events
import Randomness
import Routing
import Testing

/// That exactly one provider is of record for every customer at every time.
@Suite struct MigrationCheckTests {
    private func faults(_ destinations: String) -> [String] {
        MigrationText.faults(
            in: MigrationText.file(routes: #"[{"name": "r", "to": [\#(destinations)]}]"#)
        )
    }

    @Test(arguments: [
        #"{"provider": "a"}, {"provider": "b"}"#,
        #"{"provider": "a", "mode": "mirror"}, {"provider": "b", "mode": "shadow"}, {"provider": "c", "share": 5}"#,
        #"{"provider": "a"}, {"provider": "b", "mode": "off"}"#,
        #"{"provider": "a", "until": "2027-01-01T00:00:00Z"}, {"provider": "b", "from": "2027-01-01T01:00:00+01:00"}"#,
        #"{"provider": "a", "until": "2027-01-01T00:00:00Z"}, {"provider": "b", "from": "2027-01-01T00:00:00Z", "#
            + #""until": "2027-02-01T00:00:00Z"}, {"provider": "a", "from": "2027-02-01T00:00:00Z"}"#,
        #"{"provider": "a", "accepted_until": "2027-01-01T00:00:00Z"}, {"provider": "b", "accepted_from": "2027-01-01T00:00:00Z"}"#,
        // Late events of before the move go to the old provider for a month.
        #"{"provider": "a", "until": "2027-01-01T00:00:00Z", "accepted_until": "2027-02-01T00:00:00Z"}, "#
            + #"{"provider": "b", "from": "2027-01-01T00:00:00Z"}, {"provider": "b", "until": "2027-01-01T00:00:00Z", "#
            + #""accepted_from": "2027-02-01T00:00:00Z"}"#,
    ])
    func `is proved`(destinations: String) {
        #expect(faults(destinations) == [])
    }

    @Test(arguments: [
        (
            #"{"provider": "a", "mode": "shadow"}, {"provider": "b"}"#,
            #"f:5:60: gap: "a" is of record before "m" moves customers, and gets no event in mode "shadow"; use primary or mirror"#
        ),
        (
            #"{"provider": "a"}, {"provider": "b", "share": 25}"#,
            #"f:5:80: gap: customers outside of this share would get no vendor of record when "m" moves them; remove "share": "#
                + "the migration decides who moves"
        ),
        (
            #"{"provider": "a", "until": "2027-01-01T00:00:00Z"}, {"provider": "b", "from": "2027-02-01T00:00:00Z"}"#,
            #"f:5:112: gap: neither "a" nor "b" is of record for events from 2027-01-01T00:00:00.000Z until 2027-02-01T00:00:00.000Z; "#
                + #""until" of the one must be "from" of the other"#
        ),
        (
            #"{"provider": "a", "until": "2027-01-01T00:00:00Z", "accepted_until": "2027-02-01T00:00:00Z"}, "#
                + #"{"provider": "b", "from": "2027-01-01T00:00:00Z"}"#,
            #"f:5:154: gap: neither "a" nor "b" is of record for events until 2027-01-01T00:00:00.000Z "#
                + #"accepted from 2027-02-01T00:00:00.000Z; "until" of the one must be "from" of the other"#
        ),
        (
            #"{"provider": "a", "until": "2027-02-01T00:00:00Z"}, {"provider": "b", "from": "2027-01-01T00:00:00Z"}"#,
            #"f:5:112: overlap: both "a" and "b" are of record for events from 2027-01-01T00:00:00.000Z until 2027-02-01T00:00:00.000Z; "#
                + #""until" of the one must be "from" of the other, or remove both: then the migration decides"#
        ),
        (
            #"{"provider": "a"}, {"provider": "b", "from": "2027-01-01T00:00:00Z"}"#,
            #"f:5:79: overlap: both "a" and "b" are of record for events from 2027-01-01T00:00:00.000Z; "#
                + #""until" of the one must be "from" of the other, or remove both: then the migration decides"#
        ),
    ])
    func `is refused with line and column`(destinations: String, expected: String) {
        let found = faults(destinations)
        #expect(found.contains(expected), "\(found)")
    }

    /// Any times of any destinations: the reader refuses exactly those in which some time is nobody's or both providers'.
    @Test(arguments: 0..<400 as Range<UInt64>)
    func `refuses every gap and every overlap, and nothing else`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var spans: [(provider: String, from: Int, until: Int)] = []
        // Mostly time is divided; then one end is moved.
        var start = 0
        for index in 0..<Int.random(in: 2...4, using: &random) {
            let end = start + Int.random(in: 1...5, using: &random)
            spans.append((index.isMultiple(of: 2) ? "a" : "b", start, end))
            start = end
        }
        (spans[0].from, spans[spans.count - 1].until) = (0, 40)
        if Bool.random(using: &random) {
            let index = Int.random(in: 0..<spans.count, using: &random)
            if Bool.random(using: &random) {
                spans[index].from = max(0, spans[index].from + [-1, 1].randomElement(using: &random)!)
            } else {
                spans[index].until = min(40, spans[index].until + [-1, 1].randomElement(using: &random)!)
            }
        }
        guard spans.allSatisfy({ $0.from < $0.until }) else { return }
        func time(_ second: Int) -> String { "\"\(Timestamp(milliseconds: Int64(second) * 1000).rfc3339)\"" }
        let list = spans.map { span in
            // The ends stand for all time before and after.
            (span.from > 0 ? #", "from": \#(time(span.from))"# : "")
                + (span.until < 40 ? #", "until": \#(time(span.until))"# : "")
        }
        let found = faults(zip(spans, list).map { #"{"provider": "\#($0.provider)"\#($1)}"# }.joined(separator: ", "))
        let owners = (0..<40).map { second in spans.filter { ($0.from..<$0.until).contains(second) }.map(\.provider) }
        let isGap = owners.contains { $0.isEmpty }
        let isOverlap = owners.contains { Set($0).count > 1 }
        let isTwice = owners.contains { $0.count > Set($0).count }
        let errors = found.filter { !$0.contains("warning") }
        #expect(errors.contains { $0.contains(": gap:") } == isGap || isTwice, "\(found)")
        #expect(errors.contains { $0.contains(": overlap:") } == isOverlap || isTwice, "\(found)")
        #expect(errors.isEmpty == (!isGap && !isOverlap && !isTwice), "\(found)")
    }

    @Test func `is refused for two providers at one account`() {
        let text = MigrationText.file(
            routes: #"[{"name": "r", "to": [{"provider": "a"}, {"provider": "c"}]}]"#,
            migrations: #"{"m": {"route": "r", "from": "a", "to": "c"}}"#
        )
        #expect(
            MigrationText.faults(in: text) == [
                #"f:6:56: overlap: "a" and "c" are one account at their vendor, so both would be of record for every event"#
            ]
        )
    }

    private static func two(_ matches: [String]) -> [String] {
        let routes = matches.enumerated().map { index, match in
            #"{"name": "r\#(index)", "match": {\#(match)}, "to": [{"provider": "a"}, {"provider": "b"}]}"#
        }
        let migrations = matches.indices.map { #""m\#($0)": {"route": "r\#($0)", "from": "a", "to": "b"}"# }
        return MigrationText.faults(
            in: MigrationText.file(
                routes: "[\(routes.joined(separator: ", "))]",
                migrations: "{\(migrations.joined(separator: ", "))}"
            )
        ).filter { !$0.contains("warning") }
    }

    @Test(arguments: [
        [#""name": "x*""#, #""name": "y*""#], [#""customer_id": "a*""#, #""customer_id": "*b""#],
        [#""customer_id": ["a", "b"]"#, #""customer_id": ["c", "b"]"#], [#""customer_id": "a""#, #""name": "x""#],
    ])
    func `is refused for two migrations over one customer`(matches: [String]) {
        let found = Self.two(matches)
        #expect(
            found.count == 1 && found[0].contains(#": overlap: "m0" may move the same customers by the route "r0";"#),
            "\(found)"
        )
    }

    @Test func `is given for two migrations of different customers`() {
        #expect(Self.two([#""customer_id": ["a*", "c"]"#, #""customer_id": ["b*", "d"]"#]) == [])
    }

    @Test func `is refused for two migrations of one route`() {
        let text = MigrationText.file(
            migrations: #"{"m": \#(MigrationText.migration), "n": \#(MigrationText.migration)}"#
        )
        #expect(
            MigrationText.faults(in: text) == [
                #"f:6:77: overlap: "m" moves the customers of this route too; a customer can be in one migration only"#
            ]
        )
    }

    @Test func `warns of a route that the old provider goes on billing`() {
        let text = MigrationText.file(
            routes: #"""
                [{"name": "logins", "match": {"name": "login"}, "to": [{"provider": "a"}]},
                 {"name": "r", "to": [{"provider": "a"}, {"provider": "b"}]}]
                """#
        )
        #expect(
            MigrationText.faults(in: text) == [
                #"f:5:67: warning: "a" goes on billing events of the route "logins" for customers that "m" has moved; send them by the "#
                    + #"route "r" if they should move too"#
            ]
        )
    }
}
