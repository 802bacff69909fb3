import Events
import Parity

/// A gateway with one comparison, 1, that found one difference.
struct OneFinding: ParityRunning {
    func start(_ order: ParityOrder, for tenant: TenantID, by client: ClientName) async throws(ParityError) -> ParityRun
    {
        throw .tooMany(limit: 0)
    }

    func run(_ id: Int64) async throws(ParityError) -> ParityRun? {
        id == 1 ? Self.run(ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))) : nil
    }

    private static func run(_ window: ReadWindow) -> ParityRun {
        ParityRun(
            id: 1,
            order: ParityOrder(window: window, providers: ["p"], level: .full, sample: 0),
            tenant: "house",
            client: "boss",
            requestedAt: Timestamp(milliseconds: 0),
            state: .finished
        )
    }

    func findings(of id: Int64, _ filter: FindingFilter, after number: Int64, limit: Int)
        async throws(ParityError) -> [NumberedFinding]
    {
        guard id == 1, number == 0 else { return [] }
        let finding = Finding(
            key: "k",
            provider: "p",
            cause: .content,
            about: FindingSubject(eventID: "e1", name: "n", timestamp: Timestamp(milliseconds: 0)),
            differences: [],
            detail: nil
        )
        return [NumberedFinding(number: 1, finding: finding, resolution: nil)]
    }

    /// Of today.
    func runs(before id: Int64?, limit: Int) async throws(ParityError) -> [ParityRun] {
        [Self.run(ReadWindow(from: Self.today, until: Self.today + .seconds(60)))]
    }

    private static var today: Timestamp {
        let now = SystemWallClock().now.milliseconds
        return Timestamp(milliseconds: now - now % 86_400_000)
    }

    func findingDays(of id: Int64) async throws(ParityError) -> [FindingDay] {
        [
            FindingDay(provider: "p", day: Self.today, cause: .content, name: "n", count: 2),
            FindingDay(provider: "p", day: Self.today, cause: .lostAfterAccept, name: "n", count: 3),
            FindingDay(provider: "p", day: Self.today, cause: .rounding, name: "n", count: 9),
        ]
    }
    func cells(of id: Int64, after number: Int64, limit: Int) async throws(ParityError) -> [NumberedCell] { [] }

    func resend(in id: Int64, _ filter: FindingFilter) async throws(ParityError) -> ResendCount {
        throw .unknownRun(id)
    }
    func planResend(in id: Int64, _ filter: FindingFilter) async throws(ParityError) -> ResendCount {
        throw .unknownRun(id)
    }
    func resends(of event: SequenceNumber) async throws(ParityError) -> [Resend] { [] }
    func accept(_ acceptance: Acceptance) async throws(ParityError) {}
    func acceptances(in run: ParityRun) async throws(ParityError) -> [Acceptance] {
        [
            Acceptance(
                cause: .content,
                provider: "p",
                name: nil,
                reason: "rounding",
                until: Timestamp(milliseconds: 2000),
                by: "boss",
                at: Timestamp(milliseconds: 1000)
            )
        ]
    }

    /// Of three customers the first has the most findings, and the last the dearest.
    func customers(of id: Int64, by order: ParityCustomer.Order, limit: Int) async throws(ParityError)
        -> [ParityCustomer]
    {
        let all = (1...3).map { number in
            let money = ContentDifference(field: "amount", kind: .money, sent: "\(number).50 EUR", shown: "0.00 EUR")
            return ParityCustomer(
                customerID: "c\(number)",
                provider: "p",
                findings: 9 - number,
                billed: 4 - number,
                differences: BillDifference.sums([money])
            )
        }
        return Array(ParityCustomer.sorted(all, by: order).prefix(limit))
    }
    func latest() async throws(ParityError) -> [ParityRun] { [] }
}
