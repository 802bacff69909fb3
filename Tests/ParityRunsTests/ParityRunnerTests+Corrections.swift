import Events
import Journal
import Parity
import ParityRuns
import Synchronization
import TestSupport
import Testing

/// Events that were not sent as they were accepted, or not as they are now.
extension ParityRunnerTests {
    private static let settings = DestinationSettings(["place": .text("mended")])

    /// A delivery that was retried with other settings before anything of it had reached the vendor.
    private static func amended(_ lane: LaneNumber? = nil) -> Delivery {
        let destination = Destination(
            provider: "listed",
            adapter: "listed",
            mode: .mirror,
            rename: ["api_0": "mended"],
            settings: settings
        )
        let amendment = DeliveryAmendment(
            at: Timestamp(milliseconds: 100),
            by: "operator",
            firstAttempt: 1,
            destination: destination
        )
        return Delivery(
            provider: "listed",
            adapter: "listed",
            mode: .mirror,
            lane: lane,
            status: .delivered,
            attempts: 1,
            amendments: [amendment]
        )
    }

    @Test(arguments: [LaneNumber?.none, 7])
    func `compares an amended delivery with what was sent, and sends that again`(lane: LaneNumber?) async throws {
        let plan = Plan(route: "r", destinations: lane == nil ? [ComparedJournalDouble.listed] : [])
        let planned = Delivery(provider: "listed", adapter: "listed", mode: .mirror, status: .delivered)
        var journal = ComparedJournalDouble()
        let shelf = ListedVendor.Shelf()
        if lane == nil {
            // Neighbours have one plan, and were sent in different ways.
            journal.add("before", "api_0", at: Timestamp(milliseconds: 4), by: plan, delivery: planned)
            shelf.rows.append(Self.row("before", "api_0", at: 4))
        }
        journal.add("amended", "api_0", at: Timestamp(milliseconds: 5), by: plan, delivery: Self.amended(lane))
        shelf.rows.append(Self.row("amended", "mended", at: 5))
        let count = journal.events.count
        try await withTemporaryFolder { [journal] folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .equal && run.reports[0].causes == [])
                #expect(run.reports[0].totals == CellCounts(expected: count, found: count))
                #expect(shelf.state.withLock { $0.settings }.contains(Self.settings))

                shelf.rows.removeAll { $0.event.id == "amended" }
                let second = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(second.reports[0].causes == [CauseCount(cause: .lostAfterAccept, count: 1)])
                #expect(try await runner.resend(in: second.id, FindingFilter()) == ResendCount(sent: 1))
                #expect(shelf.rows.filter { $0.event.id == "amended" }.map(\.event.name) == ["mended"])
            }
        }
    }

    private static func row(_ id: String, _ name: String, at milliseconds: Int64) -> WindowRow {
        let event = VendorEvent(
            id: id,
            name: name,
            timestamp: Timestamp(milliseconds: milliseconds),
            properties: JSONText(checked: "{}")
        )
        return WindowRow(key: id, event: event)
    }

    /// The states of a correction of which nobody knows that it is not at the vendor, and the others.
    private static let states: [(DeliveryStatus, DeliveryErrorCode?, Bool)] = [
        (.delivered, nil, false), (.uncertain, .timeout, false), (.retrying, .timeout, false), (.pending, nil, false),
        (.rejected, .vendorError, false), (.rejected, .invalidEvent, true), (.discarded, nil, true),
    ]

    @Test(arguments: states)
    func `sends no lost event again that was corrected since`(
        status: DeliveryStatus,
        code: DeliveryErrorCode?,
        isSent: Bool
    ) async throws {
        var (journal, shelf) = Self.clean(10)
        shelf.rows.removeAll { ["e3", "e5"].contains($0.event.id) }
        try await withTemporaryFolder { [before = journal] folder in
            var id: Int64 = 0
            try await Self.with(before, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
                id = try await runner.start(order, for: "t", by: "c").id
                let run = try await Self.finished(id, runner)
                #expect(run.reports[0].causes == [CauseCount(cause: .lostAfterAccept, count: 2)])
            }
            // The vendor has this by now, with the id of the original.
            journal.add(
                CorrectionID(of: "e3").eventID.rawValue,
                "api_0",
                at: Timestamp(milliseconds: 3000),
                acceptedAt: Timestamp(milliseconds: 60_000),
                #"{"n":4}"#,
                by: Plan(
                    route: "r",
                    destinations: [ComparedJournalDouble.listed.correcting(.replacing, .adjust, property: "n")]
                ),
                delivery: Self.tried(status, code)
            )
            try await Self.with(journal, shelf, in: folder) { runner in
                let count = try await runner.resend(in: id, FindingFilter())
                #expect(count.sent == (isSent ? 2 : 1) && count.failed == (isSent ? 0 : 1))
                #expect((count.reason?.contains("corrected since") == true) != isSent)
                #expect(shelf.rows.contains { $0.event.id == "e5" })
                #expect(shelf.rows.contains { $0.event.id == "e3" } == isSent)
            }
        }
    }

    /// A delivery after one attempt.
    private static func tried(_ status: DeliveryStatus, _ code: DeliveryErrorCode?) -> Delivery {
        let fault = code.map { DeliveryFault(code: $0, message: "no") }
        let attempt = Attempt(
            at: Timestamp(milliseconds: 60_000),
            latency: .milliseconds(1),
            httpStatus: nil,
            status: status,
            fault: fault
        )
        return Delivery(
            provider: "listed",
            adapter: "listed",
            mode: .primary,
            status: status,
            attempts: 1,
            fault: fault,
            history: [attempt]
        )
    }
}
