import Events
import Journal
import JournalFormat
import Synchronization

/// The numbers under which chunks and rows name origins, plans and accounts.
///
/// A name gets its number in the database, before anything uses it, and keeps it forever. What other gateways have added is read when a
/// chunk names it, and before a read that begins with names (`latest`).
final class JournalNames: Sendable {
    private let table = Mutex(NameTable())
    /// Rises when the names are forgotten: numbers of before may name something else.
    private let forgotten = Mutex(0)
    private let connection: PostgresConnection
    private let reach: DatabaseReach

    init(_ connection: PostgresConnection, reach: DatabaseReach) {
        self.connection = connection
        self.reach = reach
    }

    /// Nothing is registered or read afterwards.
    func close() async { await connection.close() }

    /// The names that are known by now.
    var current: NameTable { table.withLock { $0 } }

    /// How often the names were forgotten.
    var generation: Int { forgotten.withLock { $0 } }

    /// Forgets all names, since the database may have lost some.
    func forget() {
        forgotten.withLock { $0 += 1 }
        table.withLock { $0 = NameTable() }
    }

    /// Forgets all names unless the database has each of them still.
    func verify(_ session: PostgresSession) throws(PostgresFailure) {
        let known = current
        var found = NameTable()
        found.add(try Self.load(session))
        if !known.isContained(in: found) { forget() }
    }

    /// The numbers of these events' origins and plans. Waits for the database only if something is new.
    func numbers(of events: [AcceptedEvent]) async throws(StoreError) -> (origins: [UInt32], plans: [UInt32]) {
        if let known = knownNumbers(of: events) { return known }
        var (origins, plans): (Set<EventOrigin>, [ObjectIdentifier: Plan]) = ([], [:])
        for event in events {
            origins.insert(EventOrigin(tenant: event.tenant, client: event.client))
            plans[ObjectIdentifier(event.plan)] = event.plan
        }
        try await register(origins, Array(plans.values))
        guard let known = knownNumbers(of: events) else {
            throw .failed(reason: "the database did not keep the names of new events")
        }
        return known
    }

    /// The number of an account, given now if it is new.
    func number(of account: ProviderName) async throws(StoreError) -> Int32 {
        if let known = table.withLock({ $0.accountNumbers[account] }) { return known }
        try await attempt { (session) throws(PostgresFailure) in
            _ = try session.run(.addAccounts, [.texts([account.rawValue])])
        }
        try await refresh()
        guard let number = table.withLock({ $0.accountNumbers[account] }) else {
            throw .failed(reason: "the database did not keep the account \(account)")
        }
        return number
    }

    /// Reads all names that there are.
    func refresh() async throws(StoreError) {
        let new = try await attempt { (session) throws(PostgresFailure) in try Self.load(session) }
        table.withLock { $0.add(new) }
    }

    /// The same on a session that reads already.
    func refresh(_ session: PostgresSession) throws(PostgresFailure) {
        let new = try Self.load(session)
        table.withLock { $0.add(new) }
    }

    /// The names with what other gateways have added by now: for reads that look for the numbers of names.
    func latest(_ session: PostgresSession) throws(PostgresFailure) -> NameTable {
        let known = current
        // Names are never removed.
        let counts = try session.run(.countNames, []).first
        guard counts?.integer(0) != Int64(known.origins.count) || counts?.integer(1) != Int64(known.accounts.count)
        else { return known }
        try refresh(session)
        return current
    }

    private func register(_ origins: Set<EventOrigin>, _ plans: [Plan]) async throws(StoreError) {
        let known = current
        let newOrigins = origins.filter { known.originNumbers[$0] == nil }
        let accounts = Set(plans.flatMap { $0.destinations.map(\.provider.rawValue) })
        try await attempt { (session) throws(PostgresFailure) in
            if !newOrigins.isEmpty {
                let tenants: [String?] = newOrigins.map(\.tenant.rawValue)
                _ = try session.run(.addOrigins, [.texts(tenants), .texts(newOrigins.map(\.client.rawValue))])
            }
            if !accounts.isEmpty { _ = try session.run(.addAccounts, [.texts(accounts.map { $0 })]) }
            _ = try session.run(.addPlans, [.byteas(plans.map(\.encoded))])
        }
        try await refresh()
    }

    /// Reads or adds names; each of the statements may run twice, so that one whose answer was lost is sent again. It fails at once while
    /// the database is known not to answer: those that wait for the connection one after another would wait for as long each.
    @discardableResult
    private func attempt<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresSession) throws(PostgresFailure) -> Value
    ) async throws(StoreError) -> Value {
        do throws(PostgresFailure) {
            return try await connection.read(body)
        } catch {
            throw reach.error(error)
        }
    }

    private func knownNumbers(of events: [AcceptedEvent]) -> (origins: [UInt32], plans: [UInt32])? {
        table.withLock { table in
            var (origins, plans): ([UInt32], [UInt32]) = ([], [])
            origins.reserveCapacity(events.count)
            plans.reserveCapacity(events.count)
            // Most events of a request have the submission of the one before.
            var last: (submission: Submission, origin: UInt32, plan: UInt32)?
            for event in events {
                if last?.submission !== event.submission {
                    let name = EventOrigin(tenant: event.tenant, client: event.client)
                    guard let origin = table.originNumbers[name], let plan = table.number(of: event.plan) else {
                        return nil
                    }
                    last = (event.submission, origin, plan)
                }
                origins.append(last?.origin ?? 0)
                plans.append(last?.plan ?? 0)
            }
            return (origins, plans)
        }
    }

    /// Plans before accounts: the accounts of a plan are there before the plan is.
    private static func load(_ session: PostgresSession) throws(PostgresFailure) -> LoadedNames {
        var names = LoadedNames()
        for row in try session.run(.readOrigins, []) {
            let origin = EventOrigin(tenant: TenantID(row.text(1)), client: ClientName(row.text(2)))
            names.origins.append((UInt32(clamping: row.integer(0)), origin))
        }
        for row in try session.run(.readPlans, []) {
            guard let plan = PlanCoding.decode(row.bytes(1)) else { continue }
            names.plans.append((UInt32(clamping: row.integer(0)), plan))
        }
        for row in try session.run(.readAccounts, []) {
            names.accounts.append((Int32(clamping: row.integer(0)), ProviderName(row.text(1))))
        }
        return names
    }
}

/// All names that the database has.
private struct LoadedNames: Sendable {
    var accounts: [(Int32, ProviderName)] = []
    var origins: [(UInt32, EventOrigin)] = []
    var plans: [(UInt32, Plan)] = []
}

extension NameTable {
    fileprivate mutating func add(_ names: LoadedNames) {
        for (number, account) in names.accounts where accounts[number] == nil { add(account: account, number: number) }
        for (number, origin) in names.origins where origins[number] == nil { add(origin: origin, number: number) }
        for (number, plan) in names.plans { add(plan: plan, number: number) }
    }
}
