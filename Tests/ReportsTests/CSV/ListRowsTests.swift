import Events
import Journal
import JournalBehaviour
import JournalSQLite
import Logging
import TestSupport
import Testing

@testable import Reports

/// The columns of events, deliveries and audit entries, field by field.
@Suite struct ListRowsTests {
    private static let time = Timestamp(milliseconds: 1_800_000_000_123)

    private func with(_ body: (SQLiteEventStore) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let store = try SQLiteEventStore(opening: folder, logger: quiet)
            try await body(store)
            await store.close()
        }
    }

    private func append(_ events: [CanonicalEvent], to store: SQLiteEventStore) async throws {
        let plan = Plan(route: "r", destinations: [Destination(provider: "lago", adapter: "lago", mode: .primary)])
        let submission = Submission(tenant: "shop", client: "web", acceptedAt: Self.time, plan: plan)
        let accepted = events.enumerated().map {
            AcceptedEvent($0.element, id: EventID("e\($0.offset)"), in: submission)
        }
        _ = try await store.append(AppendRequest(events: accepted, policy: .each))
    }

    @Test func `of events are in the order of the titles, empty where an event has nothing`() async throws {
        try await with { (store) async throws in
            let whole = CanonicalEvent(
                name: "=api",
                customerID: "c,1",
                subscriptionID: "s",
                timestamp: Timestamp(milliseconds: 0),
                source: "a\"b",
                properties: JSONText(checked: #"{"n":1.50}"#),
                vendor: JSONText(checked: #"{"lago":{}}"#)
            )
            try await append([whole, CanonicalEvent(name: "n", customerID: "c")], to: store)
            let list = EventsCSV(store, EventFilter(), .oldestFirst, of: "shop")
            let page = try await list.page(after: nil)
            #expect(page.next == nil)
            #expect(page.rows.allSatisfy { $0.count == EventsCSV.titles.count })
            #expect(
                page.rows == [
                    [
                        "e0", "=api", "c,1", "s", "1970-01-01T00:00:00.000Z", "a\"b", "2027-01-15T08:00:00.123Z", "web",
                        "r",
                        #"{"n":1.50}"#, #"{"lago":{}}"#, "lago: pending",
                    ],
                    [
                        "e1", "n", "c", "", "2027-01-15T08:00:00.123Z", "", "2027-01-15T08:00:00.123Z", "web", "r", "",
                        "",
                        "lago: pending",
                    ],
                ]
            )
            #expect(
                CSVText.row(page.rows[0]).hasPrefix(
                    #"e0,'=api,"c,1",s,1970-01-01T00:00:00.000Z,"a""b",2027-01-15T08:00:00.123Z,web,r,"{""n"":1.50}","#
                )
            )
            #expect(try await EventsCSV(store, EventFilter(), .oldestFirst, of: "other").page(after: nil).rows.isEmpty)
        }
    }

    @Test func `of deliveries have the last fault, and the vendor's message`() async throws {
        try await with { (store) async throws in
            try await append(
                [
                    CanonicalEvent(name: "n", customerID: "c"),
                    CanonicalEvent(name: "n", customerID: nil, subscriptionID: "s"),
                ],
                to: store
            )
            let block = try #require(
                try await store.claimBlock(for: "lago", limit: BlockLimit(events: 9, bytes: 1 << 20))
            )
            let fault = DeliveryFault(code: .invalidEvent, message: "refused", vendor: "no such metric")
            let attempt = Attempt(
                at: Self.time,
                latency: .milliseconds(35),
                httpStatus: 422,
                status: .rejected,
                fault: fault
            )
            let exceptions = block.deliveries.map {
                SettledDelivery(sequence: $0.sequence, status: .rejected, newAttempts: [attempt], fault: fault)
            }
            try await store.settle(Settlement(provider: "lago", exceptions: exceptions))
            let page = try await DeliveriesCSV(store, DeliveryFilter(tenant: "shop")).page(after: nil)
            #expect(page.rows.allSatisfy { $0.count == DeliveriesCSV.titles.count } && page.next == nil)
            let rest = [
                "2027-01-15T08:00:00.123Z", "lago", "lago", "primary", "", "rejected", "1", "false", "422", "35", "",
                "invalid_event", "refused", "no such metric",
            ]
            #expect(page.rows == [["e0", "n", "c"] + rest, ["e1", "n", ""] + rest])
        }
    }

    @Test func `of the audit log are newest first, with the details in the order of their names`() async throws {
        try await with { (store) async throws in
            for (action, tenant) in [("first", nil), ("second", "shop")] as [(String, TenantID?)] {
                try await store.record(
                    AuditEntry(
                        at: Self.time,
                        category: .vendorRead,
                        action: action,
                        tenant: tenant,
                        actor: tenant == nil ? nil : "boss",
                        keyID: tenant == nil ? nil : "k1",
                        remoteAddress: tenant == nil ? nil : "10.0.0.1",
                        details: tenant == nil ? [:] : ["b": "2; 3", "a": "1"]
                    )
                )
            }
            let page = try await AuditCSV(store, AuditFilter()).page(after: nil)
            #expect(page.next == nil, "a page that is not full is the last")
            #expect(
                page.rows == [
                    [
                        "2", "2027-01-15T08:00:00.123Z", "vendor_read", "second", "boss", "shop", "k1", "10.0.0.1",
                        "a=1; b=2; 3",
                    ],
                    ["1", "2027-01-15T08:00:00.123Z", "vendor_read", "first", "", "", "", "", ""],
                ]
            )
            #expect(try await AuditCSV(store, AuditFilter()).page(after: 2).rows.map { $0[3] } == ["first"])
        }
    }

    @Test(
        arguments: [
            ([], "\r\n"), ([""], "\r\n"), (["", ""], ",\r\n"), (["a", "b"], "a,b\r\n"),
            (["a b", " c "], "a b, c \r\n"),
            (["="], "'=\r\n"), (["a=b"], "a=b\r\n"), (["-1,5"], "\"'-1,5\"\r\n"), (["\t"], "'\t\r\n"),
            (["\r\n"], "\"'\r\n\"\r\n"), (["\n=1"], "\"\n=1\"\r\n"), (["\""], "\"\"\"\"\r\n"), (["ü😀"], "ü😀\r\n"),
        ] as [([String], String)]
    )
    func `are quoted where a field needs it`(fields: [String], row: String) {
        #expect(CSVText.row(fields).utf8.elementsEqual(row.utf8))
    }
}
