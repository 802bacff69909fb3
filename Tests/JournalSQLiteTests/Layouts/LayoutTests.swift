import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import TestSupport
import Testing

@testable import JournalSQLite

/// Journals of every layout that there ever was, opened with today's program. Whoever raises ``Schema/version`` adds one: see
/// `Journals/README.md`.
@Suite struct LayoutTests {
    private static let start = Timestamp(milliseconds: 1_750_000_000_000)
    private static let properties = #"{"request_size": 100, "region": "eu", "amount": 12345678901234567890.10}"#

    private func with(layout: Int, _ body: (SQLiteEventStore, URL) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await LayoutJournal.write(layout, to: folder)
            let store = try SampleStore.open(folder)
            do {
                try await body(store, folder)
            } catch {
                await store.close()
                throw error
            }
            await store.close()
        }
    }

    @Test(arguments: 1...Schema.version)
    func `keeps every event as it was accepted`(layout: Int) async throws {
        try await with(layout: layout) { (store, _) async throws in
            let found = try await store.events(withID: "delivered", of: "shop")
            let event = try #require(found.first?.event)
            #expect(found.count == 1 && found.first?.sequence == SequenceNumber(3))
            #expect(event.name == "api_request" && event.customerID == "customer-1" && event.source == "api")
            #expect(event.timestamp.milliseconds == Self.start.milliseconds - 60_000 && event.timestampWasGiven)
            #expect(event.acceptedAt == Self.start && event.client == "web")
            #expect(event.properties.map { String(decoding: $0.bytes, as: UTF8.self) } == Self.properties)
            #expect(event.plan.destinations.map(\.provider) == ["lago", "polar"])
            #expect(event.plan.destinations.first?.rename == ["api_request": "api.request"])

            let scoped = try await store.events(withID: "scoped", of: "shop")
            #expect(scoped.map(\.event.idScope) == ["customer-2", "customer-3"])
            #expect(try await store.events(withID: "delivered", of: "bank").map(\.event.name) == ["transfer"])
            let names = try await store.names(EventFilter(), of: "shop")
            #expect(names.map(\.name) == ["api_request"] && names.first?.count == (layout < 9 ? 8 : 9))
            #expect(try await store.damage().isEmpty)
        }
    }

    @Test(arguments: 1...Schema.version)
    func `knows what became of every delivery, and what is left to deliver`(layout: Int) async throws {
        try await with(layout: layout) { (store, _) async throws in
            func statuses(_ id: EventID) async throws -> [ProviderName: DeliveryStatus] {
                let event = try #require(try await store.events(withID: id, of: "shop").first)
                return Dictionary(uniqueKeysWithValues: event.deliveries.map { ($0.provider, $0.status) })
            }
            #expect(try await statuses("delivered") == ["lago": .delivered, "polar": .delivered])
            #expect(try await statuses("retrying") == ["lago": .retrying, "polar": .delivered])
            #expect(try await statuses("rejected") == ["lago": .rejected, "polar": .delivered])
            #expect(try await statuses("uncertain") == ["knetik": .uncertain])
            #expect(try await statuses("pending") == ["lago": .pending, "polar": .pending])
            let retrying = try #require(try await store.events(withID: "retrying", of: "shop").first?.deliveries.first)
            #expect(retrying.fault?.message == "the vendor answered 503" && retrying.history.count == 1)
            #expect(retrying.nextAttemptAt?.milliseconds == Self.start.milliseconds + 10_000_000_000)

            let left = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 99, bytes: 1 << 20))
            #expect(left?.deliveries.map(\.event.id) == (layout < 9 ? ["pending"] : ["pending", "shadowed"]))
            let due = try await store.claimDue(for: "lago", at: Timestamp(milliseconds: 1_770_000_000_000), limit: 99)
            #expect(due.map(\.event.id) == ["retrying"])
            #expect(due.first?.reachedAt?.milliseconds == Self.start.milliseconds + 500)
            let interrupted = try await store.claimInterrupted(for: "knetik")
            #expect(interrupted.map(\.event.id) == ["intended"])
        }
    }

    @Test(arguments: 1...Schema.version)
    func `recognizes repeated events, and numbers new ones from where it was`(layout: Int) async throws {
        try await with(layout: layout) { (store, _) async throws in
            let found = try await store.events(withID: "delivered", of: "shop")
            let known = try #require(found.first?.event)
            let changed = AcceptedEvent(
                known.submission,
                id: "delivered",
                name: "api_request",
                customerID: "customer-1",
                subscriptionID: nil,
                timestamp: known.timestamp,
                timestampWasGiven: true,
                source: "api",
                properties: JSONText(checked: #"{"request_size": 101}"#),
                vendor: nil
            )
            let request = AppendRequest(events: [known, changed, SampleStore.event(1)], policy: .each)
            let newest = Int64(layout < 9 ? 11 : 12)
            #expect(
                try await store.append(request) == [
                    .duplicate(of: SequenceNumber(3)), .conflict(with: SequenceNumber(3), fields: ["properties"]),
                    .stored(SequenceNumber(newest + 1)),
                ]
            )
        }
    }

    @Test(arguments: 1...Schema.version)
    func `keeps what operators did, as far as its layout has it`(layout: Int) async throws {
        try await with(layout: layout) { (store, _) async throws in
            #expect(try await store.hold(of: "polar")?.isParked == (layout < 2 ? nil : true))
            let revisions = try await store.revisions(of: "shop", limit: 9)
            #expect(revisions.map(\.count.changed) == (layout < 2 ? [] : [3]))
            let log = try await store.auditLog(AuditFilter(), before: nil, limit: 9)
            #expect(log.map(\.entry.details) == (layout < 5 ? [] : [["provider": "polar"]]))
            #expect(try await store.operatorHold(of: "knetik")?.by == (layout < 6 ? nil : "operator"))
            #expect(try await store.lanes().map(\.state) == (layout < 9 ? [] : [.paused]))
            #expect(try await store.pins().map(\.name) == (layout < 9 ? [] : ["parity 1"]))
            #expect(try await store.shadowCounts().map(\.events) == (layout < 9 ? [] : [1]))
            #expect(try await store.migrationVersion() == (layout < 10 ? 0 : 2))
            let ramp = try await store.migrationActs().last
            #expect(ramp?.action == (layout < 10 ? nil : "ramp") && ramp?.plan == (layout < 10 ? nil : "plan-1"))
            let delivery = try await store.events(withID: "retrying", of: "shop").first?.deliveries.first
            #expect(delivery?.amendments.count == (layout < 9 ? 0 : 1))
        }
    }

    @Test(arguments: 1...Schema.version)
    func `has the tables of a new journal afterwards, so that an older program refuses it`(layout: Int) async throws {
        try await with(layout: layout) { (_, folder) async throws in
            try await withTemporaryFolder { other in
                try await SampleStore.open(other).close()
                #expect(try await LayoutJournal.shape(in: folder) == LayoutJournal.shape(in: other))
            }
        }
    }

    @Test func `refuses a journal of a newer layout and changes no byte of it`() async throws {
        try await withTemporaryFolder { folder in
            try await LayoutJournal.write(Schema.version, to: folder)
            let file = LayoutJournal.file(in: folder)
            // With a write-ahead log, as a gateway has left it.
            let pool = try DatabasePool(path: file.path)
            try await pool.write { try $0.execute(sql: "PRAGMA user_version = \(Schema.version + 1)") }
            try pool.close()
            let before = try Data(contentsOf: file)
            let error = #expect(throws: StoreError.self) { try SampleStore.open(folder) }
            #expect(error == .newerFormat(path: file.path, found: Schema.version + 1, known: Schema.version))
            #expect(try Data(contentsOf: file) == before)
        }
    }
}
