import Access
import DeliveryEngine
import Events
import Ingress
import Journal
import Migration
import OfRecord
import Routing

/// By which clock orders for migrations hold, and from when.
struct MigrationTimes: Sendable {
    let clock: any WallClock
    /// How long after it was recorded an order begins to hold, so that all gateways follow it by then.
    let lead: Duration
    /// How long after it holds a return is left to the gateway that it was ordered at.
    let patience: Duration
    /// How long a return that has to wait does so until it is tried again.
    var pause = Duration.seconds(10)
}

/// Shows migrations and takes orders for them: checks each against the log, the gates and its plan, and adds it to the log.
struct MigrationDesk: MigrationManaging {
    let journal: any MigrationKeeping & RecordedTraffic
    let book: MigrationBook
    let routes: CurrentRoutes
    let finder: MigrationFactFinder
    let plans: RoutesPlanner
    let returns: MigrationReturns
    let times: MigrationTimes
    let audit: AuditLog
    private let dayBook = MigrationDayBook()

    /// Returned customers are refilled at the same desk.
    var backfills: BackfillDesk { returns.backfills }

    // MARK: - Showing

    func migrations(for client: Client) async throws(MigrationRefusal) -> [MigrationStatus] {
        let snapshot = routes.current
        var all: [MigrationStatus] = []
        for migration in snapshot.routes.migrations where snapshot.routes.maySee(migration, client) {
            all.append(try await status(of: MigrationOutline(migration, in: snapshot.routes)))
        }
        return all
    }

    func migration(_ name: MigrationName, for client: Client) async throws(MigrationRefusal) -> MigrationStatus {
        try await status(of: try outline(of: name, for: client))
    }

    func days(of name: MigrationName, for client: Client) async throws(MigrationRefusal) -> MigrationDays {
        let outline = try outline(of: name, for: client)
        let starts = MigrationDays.starts(since: book.current[name].first?.entry.at, at: times.clock.now)
        do {
            return try await dayBook.days(of: outline, starts, in: finder.journal, clock: times.clock)
        } catch {
            throw .store(error)
        }
    }

    /// - Throws: ``MigrationRefusal`` also for a migration that the client is not allowed to see.
    private func outline(of name: MigrationName, for client: Client) throws(MigrationRefusal) -> MigrationOutline {
        let routes = routes.current.routes
        guard let migration = routes.migration(named: name), routes.maySee(migration, client) else {
            throw .unknown(name)
        }
        return MigrationOutline(migration, in: routes)
    }

    func status(of outline: MigrationOutline) async throws(MigrationRefusal) -> MigrationStatus {
        do {
            return MigrationStatus(outline, book.current[outline.name], try await finder.facts(of: outline))
        } catch {
            throw .store(error)
        }
    }

    // MARK: - Ordering

    func carryOut(_ order: MigrationOrder, on name: MigrationName, by caller: Caller) async throws(MigrationRefusal)
        -> MigrationOutcome
    {
        let outline = try outline(of: name, for: caller.client)
        try await refresh()
        if let plan = order.plan { try await check(plan, for: caller.client) }
        let history = book.current
        let before = try await standing(of: outline, history, for: order.command)
        if let refusal = before.rules.refusal(of: order) { throw refusal }
        let record = MigrationRecord(
            migration: name,
            entry: MigrationEntry(
                number: history.nextNumber(of: name),
                at: times.clock.now + times.lead,
                action: order.action
            ),
            reason: order.reason,
            despite: Gate.allCases.filter(order.despite.contains),
            plan: order.plan,
            actor: caller.client.name.rawValue,
            keyID: caller.key.id
        )
        let after =
            try await order.isDryRun
            ? returns.forecast(outline, history[name] + [record])
            : carryOut(record, outline, history, by: .client(caller))
        return MigrationOutcome(
            record: record,
            isDryRun: order.isDryRun,
            returned: after?.usage,
            refill: after?.refill,
            status: try await status(of: outline)
        )
    }

    /// Appends an order to the log, and carries it out if it is an immediate return.
    private func carryOut(
        _ record: MigrationRecord,
        _ outline: MigrationOutline,
        _ history: MigrationHistory,
        by actor: AuditLog.Actor
    ) async throws(MigrationRefusal) -> MigrationReturns.Outcome? {
        returns.claim(record)
        do throws(MigrationRefusal) {
            try await append(record, by: actor)
        } catch {
            returns.release(record)
            throw error
        }
        return try await returns.follow(outline, history[outline.name] + [record], by: actor)
    }

    /// Holds a migration on behalf of its gates.
    /// - Parameter status: the status on which the decision is based.
    /// - Throws: ``MigrationRefusal/overtaken`` if another order came first.
    func hold(_ status: MigrationStatus, because reason: String) async throws(MigrationRefusal) {
        try await append(ownRecord(.hold, after: status, because: reason), by: .gateway)
    }

    /// Immediately returns all customers of a migration, on behalf of its gates. ``MigrationReturns`` does the rest.
    /// - Parameter status: the status on which the decision is based.
    /// - Throws: ``MigrationRefusal/overtaken`` if another order came first.
    func goBack(_ status: MigrationStatus, because reason: String) async throws(MigrationRefusal) {
        let action = MigrationEntry.Action.goBack(when: .now, customers: nil)
        try await append(ownRecord(action, after: status, because: reason), by: .gateway)
    }

    /// Its number follows the newest entry that the decision was based on, so that an outdated decision is refused.
    private func ownRecord(_ action: MigrationEntry.Action, after status: MigrationStatus, because reason: String)
        -> MigrationRecord
    {
        let number = (status.records.last?.entry.number ?? 0) + 1
        return MigrationRecord(
            migration: status.outline.name,
            entry: MigrationEntry(number: number, at: times.clock.now + times.lead, action: action),
            reason: reason,
            actor: "gateway"
        )
    }

    /// Appends an order to the log and applies it.
    /// - Throws: ``MigrationRefusal/overtaken`` if another one came first.
    private func append(_ record: MigrationRecord, by actor: AuditLog.Actor) async throws(MigrationRefusal) {
        let isAppended: Bool
        do throws(StoreError) {
            let details = record.details
            isAppended = try await audit.write("migrations: \(record.entry.action.name)", by: actor, details) {
                (entry) async throws(StoreError) in try await journal.append(record.act, recording: entry)
            }
        } catch {
            throw .store(error)
        }
        try await refresh()
        guard isAppended else { throw .overtaken }
    }

    private func refresh() async throws(MigrationRefusal) {
        do {
            try await book.refresh()
        } catch let act as UnreadableAct {
            throw .unreadable(act)
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(.failed(reason: "\(error)"))
        }
    }

    /// What an order is checked against. Orders that gates do not block are not delayed by counting.
    private func standing(
        of outline: MigrationOutline,
        _ history: MigrationHistory,
        for command: MigrationOrder.Command
    ) async throws(MigrationRefusal) -> MigrationStatus {
        switch command {
        case .ramp, .cut, .resume: try await status(of: outline)
        case .start, .stage, .hold, .goBack, .close:
            MigrationStatus(outline, history[outline.name], MigrationFacts(at: times.clock.now))
        }
    }

    private func check(_ plan: String, for client: Client) async throws(MigrationRefusal) {
        let standing: PlanStanding?
        do {
            standing = try plans.standing(ofOrderRestingOn: plan, for: client)
        } catch {
            switch error {
            case .unfinished: throw .unfinishedPlan(plan)
            case .file(let reason): throw .planFile(reason: reason)
            }
        }
        guard let standing else { throw .unknownPlan(plan) }
        guard standing == .current else { throw .stalePlan(plan, standing) }
    }
}

extension MigrationOutline {
    init(_ migration: MigrationConfiguration, in routes: Routes) {
        let route = routes.routes.first { $0.name == migration.route }
        let modes = route?.destinations.map(\.destination).filter { $0.provider == migration.to }.map(\.mode) ?? []
        self.init(
            name: migration.name,
            route: migration.route,
            between: AccountPair(from: migration.from, to: migration.to),
            accounts: Self.accounts(of: migration, in: routes),
            delivery: modes.contains(.primary) || modes.contains(.mirror)
                ? .mirror : modes.contains(.shadow) ? .shadow : nil,
            gates: MigrationGates(
                migration.gates,
                comparesUsage: !migration.metrics.isEmpty,
                verifies: routes.providers.first { $0.name == migration.to }?.verify != nil
            ),
            boundaries: migration.boundaries,
            keepFor: migration.keepFor
        )
    }

    /// The accounts of all tenants whose clients send events to the route.
    private static func accounts(of migration: MigrationConfiguration, in routes: Routes) -> [AccountPair] {
        var (known, accounts): (Set<AccountPair>, [AccountPair]) = ([], [])
        for client in routes.senders(to: migration.route) {
            guard let from = routes.account(of: migration.from, for: client.tenant)?.name,
                let to = routes.account(of: migration.to, for: client.tenant)?.name
            else { continue }
            let pair = AccountPair(from: from, to: to)
            if known.insert(pair).inserted { accounts.append(pair) }
        }
        return accounts
    }
}

extension MigrationRecord {
    /// For the audit log.
    fileprivate var details: [String: String] {
        var details = ["migration": migration.rawValue, "number": "\(entry.number)"]
        switch entry.action {
        case .stage(let delivery): details["stage"] = delivery.rawValue
        case .ramp(let share): details["share"] = MigrationEntry.Action.text(of: share)
        case .cut(let time): details["at"] = time.rfc3339
        case .goBack(let when, let customers):
            details["when"] = when.rawValue
            details["customers"] = customers.map { "\($0.count)" } ?? "all"
        case .hold, .resume, .close: break
        }
        details["plan"] = plan
        details["reason"] = reason
        if !despite.isEmpty { details["despite"] = despite.map(\.rawValue).joined(separator: ",") }
        return details
    }
}
