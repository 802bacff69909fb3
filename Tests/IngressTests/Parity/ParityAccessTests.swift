import Access
import Events
import Parity
import Testing

@testable import Ingress

/// What a tenant's client may do with comparisons.
@Suite struct ParityAccessTests {
    private static let run = ParityRun(
        id: 1,
        order: ParityOrder(
            window: ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1)),
            providers: ["p", "q"],
            level: .full,
            sample: 0
        ),
        tenant: "shop",
        client: "operator",
        requestedAt: Timestamp(milliseconds: 0),
        state: .finished
    )

    private func providers(_ named: ProviderName?, _ scope: Scope) throws(Problem) -> [ProviderName?] {
        let client = Client(name: "operator", tenant: "shop", scopes: [scope])
        return try ParityAccess.providers(accepting: named, in: Self.run, for: client)
    }

    @Test func `accepts a cause at the providers of the comparison alone, but for an administrator`() throws {
        #expect(try providers(nil, .manageMigrations) == ["p", "q"])
        #expect(try providers(nil, .admin) == [nil])
        #expect(try providers("q", .manageMigrations) == ["q"])
        for scope in [Scope.manageMigrations, .admin] {
            #expect(throws: Problem.self) { try providers("another tenant's", scope) }
        }
    }
}
