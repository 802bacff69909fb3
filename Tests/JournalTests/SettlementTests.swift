import Events
import Journal
import Testing

/// Small values that stores and their callers exchange.
@Suite struct SettlementTests {
    private static let time = Timestamp(milliseconds: 0)
    private static let attempt = Attempt(at: time, latency: .zero, httpStatus: 200, status: .delivered)

    @Test func `there is something to record if one of its parts has something`() {
        #expect(Settlement(provider: "lago").isEmpty)
        let parts = [
            Settlement(provider: "lago", delivered: [DeliveredRun(sequences: [1], attempt: Self.attempt)]),
            Settlement(provider: "lago", skipped: [SkippedRun(sequences: [1], at: Self.time)]),
            Settlement(provider: "lago", exceptions: [SettledDelivery(sequence: 1, status: .discarded)]),
            Settlement(provider: "lago", shadow: [ShadowTally(.translated, events: 1, at: Self.time)]),
        ]
        #expect(parts.allSatisfy { !$0.isEmpty })
    }

    @Test(arguments: AppendRequest.Policy.allCases, [true, false])
    func `a request is withheld for a conflict, or for a duplicate as well, by its policy`(
        policy: AppendRequest.Policy,
        hasConflict: Bool
    ) {
        for hasDuplicate in [true, false] {
            let expected =
                switch policy {
                case .each: false
                case .allOrNothing: hasConflict
                case .allNewOrNothing: hasConflict || hasDuplicate
                }
            #expect(policy.withholds(hasConflict: hasConflict, hasDuplicate: hasDuplicate) == expected)
        }
    }

    @Test func `the counts of a decision's parts are added, each to its own`() {
        var count = RevisionCount(changed: 1, busy: 2, amended: 3, untranslatable: 4)
        count += RevisionCount(changed: 10, busy: 20, amended: 30, untranslatable: 40)
        count += RevisionCount(changed: 0, busy: 0)
        #expect(count == RevisionCount(changed: 11, busy: 22, amended: 33, untranslatable: 44))
    }

    @Test func `accepted events are counted for each provider, whatever commits they come in`() {
        let counts = AcceptedCounts()
        #expect(counts.current.isEmpty)
        for commit in [[("lago", 2), ("polar", 1)], [("lago", 3), ("lago", 4)], []] as [[(ProviderName, Int)]] {
            counts.add(commit.map { (provider: $0, events: $1) })
        }
        #expect(counts.current == ["lago": 9, "polar": 1])
    }

    /// Lists of more than five are cut short.
    @Test(arguments: [
        (1, "id e1"), (2, "id e1 or e2"), (5, "id e1 or e2 or e3 or e4 or e5"), (6, "id e1 and 5 more"),
        (1000, "id e1 and 999 more"),
    ])
    func `a decision is shown with up to five ids, or with the first and how many more`(count: Int, summary: String) {
        #expect(DeliveryFilter(eventIDs: (1...count).map { EventID("e\($0)") }).summary == summary)
    }

    @Test func `states and errors are shown in the order of their names`() {
        let filter = DeliveryFilter(
            statuses: [.uncertain, .discarded, .retrying],
            errorCodes: [.vendorError, .forbidden, .timeout]
        )
        #expect(
            filter.summary
                == "status discarded or retrying or uncertain, error forbidden or timeout or vendor_error"
        )
    }

    // MARK: The request's id in an entry's details

    @Test(arguments: [
        ("r1", #""request_id":"r1""#), ("", #""request_id":"""#), (#"a"b"#, #""request_id":"a\"b""#),
        (#"a\b"#, #""request_id":"a\\b""#), (#"\""#, #""request_id":"\\\"""#), ("a/b", #""request_id":"a/b""#),
    ])
    func `a request's id is looked for as it stands in JSON`(id: String, bytes: String) {
        #expect(AuditFilter(requestID: id).requestIDBytes == Array(bytes.utf8))
        #expect(AuditFilter(actor: id).requestIDBytes == nil)
    }
}
