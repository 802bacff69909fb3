import Events
import Parity

/// A gateway that has made no comparison.
struct NoComparisonRuns: ParityRunning {
    func start(_ order: ParityOrder, for tenant: TenantID, by client: ClientName) async throws(ParityError) -> ParityRun
    {
        throw .tooMany(limit: 0)
    }

    func run(_ id: Int64) async throws(ParityError) -> ParityRun? { nil }
    func runs(before id: Int64?, limit: Int) async throws(ParityError) -> [ParityRun] { [] }
    func latest() async throws(ParityError) -> [ParityRun] { [] }
    func cells(of id: Int64, after number: Int64, limit: Int) async throws(ParityError) -> [NumberedCell] { [] }
    func findingDays(of id: Int64) async throws(ParityError) -> [FindingDay] { [] }
    func resends(of event: SequenceNumber) async throws(ParityError) -> [Resend] { [] }
    func acceptances(in run: ParityRun) async throws(ParityError) -> [Acceptance] { [] }
    func accept(_ acceptance: Acceptance) async throws(ParityError) {}

    func findings(of id: Int64, _ filter: FindingFilter, after number: Int64, limit: Int) async throws(ParityError)
        -> [NumberedFinding]
    {
        []
    }

    func customers(of id: Int64, by order: ParityCustomer.Order, limit: Int) async throws(ParityError)
        -> [ParityCustomer]
    {
        []
    }

    func resend(in id: Int64, _ filter: FindingFilter) async throws(ParityError) -> ResendCount {
        throw .unknownRun(id)
    }

    func planResend(in id: Int64, _ filter: FindingFilter) async throws(ParityError) -> ResendCount {
        throw .unknownRun(id)
    }
}
