import Access
import Events
import Parity
import Synchronization
import Testing

@testable import Ingress

/// The form that sends the lost events of a comparison again.
@Suite struct ResendPageTests {
    private static let boss =
        #"{"name":"boss","tenant":"house","key_sha256":"\#(KeyDigest(of: "boss").hexadecimal)","scopes":["admin"]}"#
    private static let path = "/dashboard/migration/runs/1/resend"

    private func with(_ lost: Int, _ body: (DashboardVisitor, LostEvents) async throws -> Void) async throws {
        let events = LostEvents(lost)
        try await IngressFixture.with(clients: [Self.boss], parity: events, dashboard: DashboardSettings()) {
            (server) async throws in
            try await body(try await DashboardVisitor(signedInWith: "boss", at: server), events)
        }
    }

    private static func confirmed(_ expected: String, typed: String? = nil) -> [(String, String)] {
        [("confirmed", "yes"), ("expected", expected)] + (typed.map { [("typed", $0)] } ?? [])
    }

    @Test func `shows how many would be sent, and sends as many`() async throws {
        try await with(3) { (boss, events) async throws in
            let plan = try await boss.post(Self.path)
            #expect(plan.status == 200 && plan.text.contains("3 events would be sent again"))
            #expect(plan.text.contains(#"name="expected" value="3""#))
            #expect(events.sent == 0)
            let done = try await boss.post(Self.path, Self.confirmed("3"))
            #expect(done.status == 200 && done.text.contains("3 events sent again"))
            #expect(events.sent == 3)
        }
    }

    @Test(arguments: [2, 4, 0])
    func `sends nothing and asks again if the number has changed`(now: Int) async throws {
        try await with(3) { (boss, events) async throws in
            _ = try await boss.post(Self.path)
            events.lose(now)
            let answer = try await boss.post(Self.path, Self.confirmed("3"))
            #expect(answer.status == 409)
            #expect(answer.text.contains("would be sent now, not the 3 that were shown"))
            #expect(answer.text.contains(#"name="expected" value="\#(now)""#) == (now > 0))
            #expect(events.sent == 0)
        }
    }

    @Test func `sends nothing without the number that was shown`() async throws {
        try await with(3) { (boss, events) async throws in
            let answer = try await boss.post(Self.path, [("confirmed", "yes")])
            #expect(answer.status == 409 && answer.text.contains("Confirm the number below."))
            #expect(events.sent == 0)
        }
    }

    @Test func `has a number above 1,000 typed`() async throws {
        try await with(1001) { (boss, events) async throws in
            #expect(try await boss.post(Self.path).text.contains("Type 1001 to confirm"))
            #expect(try await boss.post(Self.path, Self.confirmed("1001", typed: "101")).status == 409)
            #expect(events.sent == 0)
            #expect(try await boss.post(Self.path, Self.confirmed("1001", typed: "1,001")).status == 200)
            #expect(events.sent == 1001)
        }
    }
}

/// A comparison that has found lost events.
private final class LostEvents: ParityRunning {
    private struct State {
        var lost: Int
        var sent = 0
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(lost: count)) }

    var sent: Int { state.withLock { $0.sent } }

    func lose(_ count: Int) { state.withLock { $0.lost = count } }

    func run(_ id: Int64) async throws(ParityError) -> ParityRun? {
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))
        let lost = CauseCount(cause: .lostAfterAccept, count: 3, accepted: 0)
        return ParityRun(
            id: id,
            order: ParityOrder(window: window, providers: ["p"], level: .full, sample: 0),
            tenant: "house",
            client: "boss",
            requestedAt: window.from,
            state: .finished,
            reports: [ProviderReport(provider: "p", totals: CellCounts(), causes: [lost])]
        )
    }

    func planResend(in id: Int64, _ filter: FindingFilter) async throws(ParityError) -> ResendCount {
        ResendCount(sent: state.withLock { $0.lost })
    }

    func resend(in id: Int64, _ filter: FindingFilter) async throws(ParityError) -> ResendCount {
        state.withLock { state in
            state.sent += state.lost
            return ResendCount(sent: state.lost)
        }
    }

    func start(_ order: ParityOrder, for tenant: TenantID, by client: ClientName) async throws(ParityError) -> ParityRun
    {
        throw .tooMany(limit: 0)
    }
    func runs(before id: Int64?, limit: Int) async throws(ParityError) -> [ParityRun] { [] }
    func cells(of id: Int64, after number: Int64, limit: Int) async throws(ParityError) -> [NumberedCell] { [] }
    func findings(of id: Int64, _ filter: FindingFilter, after number: Int64, limit: Int)
        async throws(ParityError) -> [NumberedFinding]
    { [] }
    func findingDays(of id: Int64) async throws(ParityError) -> [FindingDay] { [] }
    func resends(of event: SequenceNumber) async throws(ParityError) -> [Resend] { [] }
    func accept(_ acceptance: Acceptance) async throws(ParityError) {}
    func acceptances(in run: ParityRun) async throws(ParityError) -> [Acceptance] { [] }
    func customers(of id: Int64, by order: ParityCustomer.Order, limit: Int) async throws(ParityError)
        -> [ParityCustomer]
    { [] }
    func latest() async throws(ParityError) -> [ParityRun] { [] }
}
