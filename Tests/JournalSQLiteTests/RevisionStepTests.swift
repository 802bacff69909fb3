import Events
import GRDB
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// What a person's decision changes of deliveries with rows, and how a look at the vendor does.
@Suite struct RevisionStepTests {
    private static let at = Timestamp(milliseconds: 900)

    private func run(
        _ action: DeliveryRevision.Action,
        _ sequences: [Int64],
        number: Int64? = nil,
        lane: LaneNumber? = nil,
        prospects: [Int64: RetryProspect] = [:],
        newestAtOpening: Int64 = 100,
        settled: Int = 0,
        busy: Int = 0,
        in journal: MemoryJournal
    ) throws -> RevisionStep.Result {
        let step = RevisionStep(
            revision: DeliveryRevision(action: action, filter: DeliveryFilter(names: ["api"]), by: "ops", at: Self.at),
            tenant: "shop",
            number: number,
            provider: "lago",
            providerNumber: 1,
            lane: lane,
            sequences: sequences,
            prospects: prospects,
            newestAtOpening: newestAtOpening,
            settled: settled,
            busy: busy
        )
        return try journal.write { try step.run(in: $0) }
    }

    @Test(arguments: DeliveryRevision.Action.allCases, DeliveryStatus.allCases)
    func `changes what is rejected, uncertain or retried, and nothing else`(
        action: DeliveryRevision.Action,
        status: DeliveryStatus
    ) throws {
        let journal = try MemoryJournal()
        try journal.addRow(1, 1, status, attempts: 2, due: status == .retrying ? 5 : nil, reachedAt: 3)
        // The same event's delivery to somebody else.
        try journal.addRow(1, 2, .rejected)
        let result = try run(action, [1, 9], in: journal)
        let isChanged = [.rejected, .uncertain, .retrying].contains(status)
        #expect(result.changed == (isChanged ? 1 : 0))
        let retry = action == .retry ? 1 : 0
        #expect(result.retryingChange == (isChanged ? retry - (status == .retrying ? 1 : 0) : 0))
        let rows = try journal.rows("SELECT status, next_attempt_at, attempts FROM deliveries ORDER BY provider")
        let changed = action == .retry ? ["retrying", "900", "2"] : ["discarded", "-", "2"]
        #expect(rows[0] == (isChanged ? changed : [status.rawValue, "-", "2"]))
        #expect(rows[1][0] == "rejected")
    }

    /// After a retry by a person the time begins again, but it is not forgotten that the vendor may have the event.
    @Test(
        arguments: [
            (DeliveryStatus.rejected, nil, "0"), (.rejected, 5, "1"), (.uncertain, nil, "1"), (.retrying, nil, "0"),
            (.retrying, 5, "1"),
        ] as [(DeliveryStatus, Int64?, String)]
    )
    func `remembers whether the vendor may have been reached before`(
        status: DeliveryStatus,
        reachedAt: Int64?,
        before: String
    ) throws {
        let journal = try MemoryJournal()
        try journal.addRow(1, 1, status, due: status == .retrying ? 5 : nil, reachedAt: reachedAt)
        for _ in 0..<2 {
            _ = try run(.retry, [1], in: journal)
            #expect(try journal.rows("SELECT reached_at, reached_before FROM deliveries") == [["-", before]])
        }
    }

    @Test func `the steps of one decision are one record`() throws {
        let journal = try MemoryJournal()
        for sequence in 1...4 as ClosedRange<Int64> { try journal.addRow(sequence, 1, .rejected) }
        let first = try run(.discard, [1, 2, 3], settled: 5, busy: 7, in: journal)
        let second = try run(.discard, [3, 4], number: first.number, busy: 1, in: journal)
        #expect(first.changed == 8 && second.changed == 1 && second.number == first.number)
        let other = try run(.retry, [], in: journal)
        #expect(other.number != first.number)
        let rows = try journal.rows("SELECT tenant, action, filter, client, at, changed, busy FROM revisions")
        #expect(
            rows == [
                ["shop", "discard", "name api", "ops", "900", "9", "8"],
                ["shop", "retry", "name api", "ops", "900", "0", "0"],
            ]
        )
    }

    @Test func `a lane's counts follow`() throws {
        let journal = try MemoryJournal()
        try journal.write { try LaneTable.add(["rejected": 2, "uncertain": 1, "retrying": 1], to: 3, in: $0) }
        for (sequence, status) in [(1, .rejected), (2, .rejected), (3, .uncertain), (4, .retrying)]
            as [(Int64, DeliveryStatus)]
        {
            try journal.addRow(sequence, 1, status, due: status == .retrying ? 1 : nil)
        }
        _ = try run(.retry, [1, 3, 4], lane: 3, in: journal)
        let counts = try journal.read { try LaneTable.counts(of: 3, in: $0) }
        #expect(counts.statuses == [.retrying: 3, .rejected: 1])
    }

    // MARK: Settings of today

    /// Settings that were changed since the event was accepted.
    private struct Amending: DeliveryAmending {
        let translatable: Set<AdapterName>

        func amended(_ destination: Destination, for event: AcceptedEvent) -> Destination {
            Destination(provider: destination.provider, adapter: "today", mode: destination.mode)
        }

        func canTranslate(_ event: AcceptedEvent, for destination: Destination) -> Bool {
            translatable.contains(destination.adapter)
        }
    }

    private func prospect(_ translatable: Set<AdapterName>) throws -> RetryProspect {
        let event = MemoryJournal.event(1)
        let archived = ArchivedDelivery(
            cursor: DeliveryCursor(sequence: 1, provider: "lago"),
            event: event,
            delivery: .pending(event.plan.destinations[0])
        )
        return try #require(RetryProspect(archived, .plans("lago"), Amending(translatable: translatable)))
    }

    /// Only an event of this run of the program, of which no request has reached the vendor, gets other settings.
    @Test(arguments: [(100, nil, 0), (99, nil, 1), (99, 5, 0)] as [(Int64, Int64?, Int)])
    func `gets the settings of today if certainly nothing has reached the vendor`(
        newestAtOpening: Int64,
        reachedAt: Int64?,
        amended: Int
    ) throws {
        for translatable in [["lago"], ["today"], ["lago", "today"], []] as [Set<AdapterName>] {
            let journal = try MemoryJournal()
            try journal.addRow(100, 1, .rejected, attempts: 2, reachedAt: reachedAt)
            let result = try run(
                .retry,
                [100],
                prospects: [100: try prospect(translatable)],
                newestAtOpening: newestAtOpening,
                in: journal
            )
            #expect(result.amended == amended)
            let canTranslate = translatable.contains(amended > 0 ? "today" : "lago")
            #expect(result.untranslatable == (canTranslate ? 0 : 1), "\(translatable)")
            let rows = try journal.rows("SELECT sequence, provider, first_attempt, at, client FROM amendments")
            #expect(rows == (amended > 0 ? [["100", "1", "3", "900", "ops"]] : []))
        }
    }

    // MARK: Looks at the vendor

    private func look(
        _ status: DeliveryStatus,
        _ code: DeliveryErrorCode,
        lane: LaneNumber? = nil,
        in journal: MemoryJournal
    ) throws -> Bool {
        let attempt = Attempt(
            at: Timestamp(milliseconds: 700),
            latency: .milliseconds(3),
            httpStatus: 200,
            status: status,
            fault: DeliveryFault(code: code, message: "what was seen")
        )
        let lookup = RecordedLookup(sequence: 1, account: "lago", attempt: attempt)
        return try journal.write { try LookupStep(lookup: lookup, providerNumber: 1, lane: lane).run(in: $0) }
    }

    @Test(arguments: DeliveryStatus.allCases)
    func `a look changes only what is uncertain or rejected`(status: DeliveryStatus) throws {
        let journal = try MemoryJournal()
        #expect(try !look(.delivered, .foundAtVendor, in: journal), "there is no row")
        try journal.addRow(1, 1, status, attempts: 2, due: status == .retrying ? 5 : nil, code: .timeout)
        let isOpen = status == .uncertain || status == .rejected
        #expect(try look(.delivered, .foundAtVendor, in: journal) == isOpen)
        let row = try journal.rows("SELECT status, attempts, fault_is_last_attempts, fault_code FROM deliveries")[0]
        #expect(row == (isOpen ? ["delivered", "3", "0", "-"] : [status.rawValue, "2", "0", "timeout"]))
        #expect(
            try journal.rows("SELECT ordinal, at, fault_code FROM attempts")
                == (isOpen ? [["3", "700", "found_at_vendor"]] : [])
        )
    }

    @Test func `the fault of what a look has not found is that of the look`() throws {
        let journal = try MemoryJournal()
        try journal.addRow(1, 1, .uncertain, attempts: 1, code: .timeout)
        try journal.write { try LaneTable.add(["uncertain": 4], to: 2, in: $0) }
        #expect(try look(.uncertain, .absentAtVendor, lane: 2, in: journal))
        let row = try journal.rows("SELECT status, attempts, fault_is_last_attempts, fault_code FROM deliveries")
        #expect(row == [["uncertain", "2", "1", "-"]])
        #expect(try journal.read { try LaneTable.counts(of: 2, in: $0) }.statuses == [.uncertain: 4])
        #expect(try look(.delivered, .foundAtVendor, lane: 2, in: journal))
        #expect(try journal.read { try LaneTable.counts(of: 2, in: $0) }.statuses == [.uncertain: 3, .delivered: 1])
    }
}
