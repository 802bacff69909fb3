import Events
import Journal
import JournalSQLite
import Logging
import TestSupport
import Testing

@testable import Ingress

/// Corrections of one event by two gateways at once.
@Suite struct CorrectionAttemptsTests {
    private static let time = Timestamp(milliseconds: 1_767_225_600_000)
    private static let destination = Destination(provider: "p", adapter: "acme", mode: .primary)

    private static func event(_ id: EventID, _ properties: String) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(name: "n", customerID: "c", timestamp: time, properties: JSONText(checked: properties)),
            id: id,
            in: Submission(
                tenant: "t",
                client: "shop",
                acceptedAt: time,
                plan: Plan(route: "r", destinations: [destination])
            )
        )
    }

    private static let original = event("e", #"{"units":7}"#)

    /// A plan that takes units back, as this gateway or another makes it.
    private static func plan(_ units: Int?, number: Int = 1) -> CorrectionPlan {
        let result: CorrectionResult =
            units.map { .beside(properties: JSONText(checked: #"{"units":\#($0)}"#), later: .zero) } ?? .already(nil)
        let delivery = Delivery(provider: "p", adapter: "acme", mode: .primary, status: .delivered)
        let part = CorrectionPlan.Part(delivery: delivery, destination: destination, note: nil, result: result)
        return CorrectionPlan(of: original, .void, [part], number: number, property: "units", by: "shop", at: time)
    }

    private func with(_ body: (SQLiteEventStore, CorrectionAttempts, CorrectionsMade) async throws -> Void) async throws
    {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(opening: folder, logger: quiet)
            _ = try await store.append(AppendRequest(events: [Self.original], policy: .each))
            let made = CorrectionsMade(store)
            try await body(store, CorrectionAttempts(of: Self.original, in: store, after: made), made)
            await store.close()
        }
    }

    @Test func `are planned again after another gateway's, which they did not know`() async throws {
        try await with { store, attempts, made in
            var plans = 0
            let (plan, recorded) = try await attempts.carryOut {
                plans += 1
                let known = try await made.corrections(of: Self.original).count
                #expect(known == plans - 1)
                guard plans == 1 else { return Self.plan(-4, number: known + 1) }
                let other = Self.plan(-3).corrections.map(\.event)
                _ = try await store.append(AppendRequest(events: other, policy: .allOrNothing))
                return Self.plan(-7)
            }
            #expect(plans == 2 && recorded == 1 && plan.corrections.map(\.event.id) == ["void-2:e"])
            let all = try await made.corrections(of: Self.original).map(\.archived.event)
            #expect(all.map(\.id) == ["void:e", "void-2:e"])
            #expect(
                all.compactMap(\.properties).map { String(decoding: $0.bytes, as: UTF8.self) } == [
                    #"{"units":-3}"#, #"{"units":-4}"#,
                ]
            )
        }
    }

    @Test func `are not made a second time if another gateway has made the same`() async throws {
        try await with { store, attempts, made in
            var plans = 0
            let (plan, recorded) = try await attempts.carryOut {
                plans += 1
                guard plans == 1 else { return Self.plan(nil) }
                let same = Self.plan(-7).corrections.map(\.event)
                _ = try await store.append(AppendRequest(events: same, policy: .allOrNothing))
                return Self.plan(-7)
            }
            #expect(plans == 2 && recorded == 0 && plan.corrections.isEmpty)
            #expect(try await made.corrections(of: Self.original).count == 1)
        }
    }

    @Test func `are refused at once if an event of the application has the ID`() async throws {
        try await with { store, attempts, made in
            _ = try await store.append(AppendRequest(events: [Self.event("void:e", "{}")], policy: .each))
            var plans = 0
            let problem = await #expect(throws: Problem.self) {
                try await attempts.carryOut {
                    plans += 1
                    return Self.plan(-7)
                }
            }
            #expect(plans == 1 && problem?.detail.contains("another event than a correction of \"e\"") == true)
            #expect(try await made.corrections(of: Self.original).isEmpty)
        }
    }

    @Test func `are given up after some others, and say that one is being made`() async throws {
        try await with { store, attempts, _ in
            var plans = 0
            let problem = await #expect(throws: Problem.self) {
                try await attempts.carryOut {
                    plans += 1
                    let other = Self.plan(-plans, number: plans).corrections.map(\.event)
                    _ = try await store.append(AppendRequest(events: other, policy: .allOrNothing))
                    return Self.plan(-100, number: plans)
                }
            }
            #expect(plans == CorrectionAttempts.most)
            #expect(problem?.detail.contains("another correction of \"e\" is being made") == true)
        }
    }
}
