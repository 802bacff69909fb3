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

    /// What a correction does, and how it is sent.
    struct Form: Sendable, CustomTestStringConvertible {
        let kind: CorrectionID.Kind
        let style: CorrectionStyle

        var testDescription: String { "\(kind) \(style)" }

        static let all = CorrectionID.Kind.allCases.flatMap { kind in
            CorrectionStyle.allCases.map { Form(kind: kind, style: $0) }
        }

        func result(_ units: Int) -> CorrectionResult {
            let properties = JSONText(checked: #"{"units":\#(units)}"#)
            return switch style {
            case .beside: .beside(properties: properties, later: .zero)
            case .replacing: .replace(properties: properties)
            }
        }
    }

    private static func event(
        _ id: EventID,
        _ properties: String,
        _ destinations: [Destination] = [destination]
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(name: "n", customerID: "c", timestamp: time, properties: JSONText(checked: properties)),
            id: id,
            in: Submission(
                tenant: "t",
                client: "shop",
                acceptedAt: time,
                plan: Plan(route: "r", destinations: destinations)
            )
        )
    }

    private static let original = event("e", #"{"units":7}"#)

    /// A plan that takes units back, as this gateway or another makes it.
    private static func plan(_ units: Int?, number: Int = 1) -> CorrectionPlan {
        let void = Form(kind: .void, style: .beside)
        return plan(.void, [("p", units.map(void.result) ?? .already(nil))], number: number)
    }

    private static func plan(
        _ kind: CorrectionID.Kind,
        _ results: [(provider: ProviderName, result: CorrectionResult)],
        number: Int = 1
    ) -> CorrectionPlan {
        let parts = results.map { provider, result in
            CorrectionPlan.Part(
                delivery: Delivery(provider: provider, adapter: "acme", mode: .primary, status: .delivered),
                destination: Destination(provider: provider, adapter: "acme", mode: .primary),
                note: nil,
                result: result
            )
        }
        return CorrectionPlan(of: original, kind, parts, number: number, property: "units", by: "shop", at: time)
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
            #expect(plans == 2 && recorded == 1 && plan.corrections.map(\.event.id) == ["correction-2:e"])
            let all = try await made.corrections(of: Self.original).map(\.archived.event)
            #expect(all.map(\.id) == ["correction:e", "correction-2:e"])
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

    @Test(arguments: Form.all, Form.all)
    func `that start from one state are not both made, whatever their kinds`(first: Form, second: Form) async throws {
        // The same content as the other correction's, and a different one.
        for units in [-7, 0] {
            try await with { store, attempts, made in
                var plans = 0
                let (plan, recorded) = try await attempts.carryOut {
                    plans += 1
                    guard plans == 1 else { return Self.plan(nil, number: 2) }
                    let other = Self.plan(first.kind, [("p", first.result(-7))]).corrections.map(\.event)
                    _ = try await store.append(AppendRequest(events: other, policy: .allNewOrNothing))
                    return Self.plan(second.kind, [("p", second.result(units))])
                }
                #expect(plans == 2 && recorded == 0 && plan.corrections.isEmpty)
                let all = try await made.corrections(of: Self.original).map(\.archived.event)
                #expect(all.map(\.id) == ["correction:e"] && all.map(\.correctionKind) == [first.kind])
            }
        }
    }

    @Test(arguments: Form.all, Form.all)
    func `for several vendors are stored together, or none of them`(first: Form, second: Form) async throws {
        try await with { store, attempts, made in
            var plans = 0
            let (_, recorded) = try await attempts.carryOut {
                plans += 1
                guard plans == 1 else { return Self.plan(nil, number: 2) }
                // One of the two is what this plan begins with, too.
                let other = Self.plan(first.kind, [("p", first.result(-7))]).corrections.map(\.event)
                _ = try await store.append(AppendRequest(events: other, policy: .allNewOrNothing))
                let both = Self.plan(first.kind, [("p", first.result(-7)), ("q", second.result(0))])
                #expect(both.corrections.map(\.event.id) == ["correction:e", "correction-2:e"])
                return both
            }
            #expect(plans == 2 && recorded == 0)
            #expect(try await made.corrections(of: Self.original).map(\.archived.event.id) == ["correction:e"])
        }
    }

    @Test(arguments: Form.all)
    func `of earlier versions are known by their ids`(form: Form) async throws {
        let settings = DestinationSettings([DestinationSettings.corrects: .text(form.style.rawValue)])
        let destination = Destination(provider: "p", adapter: "acme", mode: .primary, settings: settings)
        let suffix = form.style == .replacing ? "-replace" : ""
        let ids = ["\(form.kind.rawValue)\(suffix):e", "\(form.kind.rawValue)-2\(suffix):e"].map { EventID($0) }
        try await with { store, attempts, made in
            let earlier = ids.map { Self.event($0, #"{"units":-7}"#, [destination]) }
            _ = try await store.append(AppendRequest(events: earlier, policy: .each))
            let known = try await made.corrections(of: Self.original)
            #expect(known.map(\.id.eventID) == ids && known.map(\.id.number) == [1, 2])
            #expect(known.map(\.archived.event.correctionKind) == [form.kind, form.kind])
            let (_, recorded) = try await attempts.carryOut { Self.plan(-1, number: 3) }
            #expect(recorded == 1)
            #expect(try await made.corrections(of: Self.original).map(\.id.eventID) == ids + ["correction-3:e"])
        }
    }

    @Test func `are refused at once if an event of the application has the ID`() async throws {
        try await with { store, attempts, made in
            _ = try await store.append(AppendRequest(events: [Self.event("correction:e", "{}")], policy: .each))
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
