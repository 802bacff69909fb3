import Access
import DeliveryEngine
import Events
import Ingress
import Journal
import Migration
import OfRecord
import Routing

/// Shows migrations and takes orders for them: checks each against the log, the gates and its plan, and adds it to the log.
struct MigrationDesk: MigrationManaging {
    let journal: any MigrationKeeping & RecordedTraffic
    let book: MigrationBook
    let routes: CurrentRoutes
    let finder: MigrationFactFinder
    let plans: RoutesPlanner
    let backfills: BackfillDesk
    let clock: any WallClock
    let audit: AuditLog
    /// How long after it was recorded an order begins to hold, so that all gateways follow it by then.
    let lead: Duration

    /// Events read at a time.
    private static let pieceSize = 4096

    // MARK: - Showing

    func migrations(for client: Client) async throws(MigrationRefusal) -> [MigrationStatus] {
        let snapshot = routes.current
        var all: [MigrationStatus] = []
        for migration in snapshot.routes.migrations where Self.maySee(migration, snapshot.routes, client) {
            all.append(try await status(of: MigrationOutline(migration, in: snapshot.routes)))
        }
        return all
    }

    func migration(_ name: MigrationName, for client: Client) async throws(MigrationRefusal) -> MigrationStatus {
        try await status(of: try outline(of: name, for: client))
    }

    private func outline(of name: MigrationName, for client: Client) throws(MigrationRefusal) -> MigrationOutline {
        let routes = routes.current.routes
        guard let migration = routes.migration(named: name), Self.maySee(migration, routes, client) else {
            throw .unknown(name)
        }
        return MigrationOutline(migration, in: routes)
    }

    /// Its figures are of all tenants that use the providers.
    private static func maySee(_ migration: MigrationConfiguration, _ routes: Routes, _ client: Client) -> Bool {
        routes.mayRead(migration.from, client) && routes.mayRead(migration.to, client)
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
            entry: MigrationEntry(number: history.nextNumber(of: name), at: clock.now + lead, action: order.action),
            reason: order.reason,
            despite: Gate.allCases.filter(order.despite.contains),
            plan: order.plan,
            actor: caller.client.name.rawValue,
            keyID: caller.key.id
        )
        if !order.isDryRun { try await append(record, by: .client(caller)) }
        let log = MigrationLog(history[name].map(\.entry))
        let returned = try await returned(by: record, outline, log, isDryRun: order.isDryRun)
        return MigrationOutcome(
            record: record,
            isDryRun: order.isDryRun,
            returned: returned,
            refill: await refill(of: outline, returned, isDryRun: order.isDryRun, by: caller),
            status: try await status(of: outline)
        )
    }

    /// Holds a migration on behalf of its gates.
    /// - Throws: ``MigrationRefusal/overtaken`` if another order came first.
    func hold(_ name: MigrationName, because reason: String) async throws(MigrationRefusal) {
        try await append(ownRecord(of: name, .hold, because: reason), by: .gateway)
    }

    /// Returns all customers of a migration at once, on behalf of its gates.
    /// - Returns: what must be voided at the new provider.
    /// - Throws: ``MigrationRefusal/overtaken`` if another order came first.
    func goBack(_ outline: MigrationOutline, because reason: String) async throws(MigrationRefusal) -> ReturnedUsage? {
        let log = MigrationLog(book.current[outline.name].map(\.entry))
        let record = ownRecord(of: outline.name, .goBack(when: .now, customers: nil), because: reason)
        try await append(record, by: .gateway)
        return try await returned(by: record, outline, log, isDryRun: false)
    }

    private func ownRecord(of name: MigrationName, _ action: MigrationEntry.Action, because reason: String)
        -> MigrationRecord
    {
        MigrationRecord(
            migration: name,
            entry: MigrationEntry(number: book.current.nextNumber(of: name), at: clock.now + lead, action: action),
            reason: reason,
            actor: "gateway"
        )
    }

    /// Adds an order to the log and follows it.
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

    /// What an order is checked against. Those that gates do not stop are not delayed by counting.
    private func standing(
        of outline: MigrationOutline,
        _ history: MigrationHistory,
        for command: MigrationOrder.Command
    ) async throws(MigrationRefusal) -> MigrationStatus {
        switch command {
        case .ramp, .cut, .resume: try await status(of: outline)
        case .start, .stage, .hold, .goBack, .close:
            MigrationStatus(outline, history[outline.name], MigrationFacts(at: clock.now))
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

    // MARK: - Returning

    /// What must be voided at the new provider; nil unless customers return at once.
    private func returned(
        by record: MigrationRecord,
        _ outline: MigrationOutline,
        _ log: MigrationLog,
        isDryRun: Bool
    ) async throws(MigrationRefusal) -> ReturnedUsage? {
        guard case .goBack(.now, let customers) = record.entry.action, let start = ReturnedUsage.start(of: log) else {
            return nil
        }
        // Until the return holds, events are on the new provider's bill. A request that ends before that has had its order recorded.
        if !isDryRun { do { try await Task.sleep(for: lead) } catch { return nil } }
        var returned = ReturnedUsage(of: outline, log: log, customers: customers, until: record.entry.at)
        let window = RecordedWindow(
            clock: .occurred,
            from: start,
            until: record.entry.at + .milliseconds(1),
            tenant: nil,
            withDeliveries: false
        )
        var position: JournalPosition?
        do {
            while !Task.isCancelled {
                let piece = try await journal.recorded(window, after: position, limit: Self.pieceSize)
                for recorded in piece.events { returned.add(recorded.event) }
                returned.unreadableParts += piece.damage.count
                position = piece.through
                if piece.isLast { break }
            }
        } catch {
            throw .store(error)
        }
        return returned
    }
}

extension MigrationDesk {
    /// Starts to send the old provider what it lacks of the returned customers' running periods.
    private func refill(of outline: MigrationOutline, _ returned: ReturnedUsage?, isDryRun: Bool, by caller: Caller)
        async -> MigrationOutcome.Refill?
    {
        guard let missing = returned?.missing, missing.events > 0 else { return nil }
        var (numbers, refusal): ([LaneNumber], String?) = ([], nil)
        if !isDryRun {
            do {
                numbers = try await backfills.refill(outline.from, with: missing.starts, by: caller)
            } catch {
                refusal = error.message ?? "the store failed; see the log"
            }
        }
        return MigrationOutcome.Refill(
            provider: outline.from,
            events: missing.events,
            customers: missing.starts.count,
            backfills: numbers,
            refusal: refusal
        )
    }
}

extension MigrationOutline {
    init(_ migration: MigrationConfiguration, in routes: Routes) {
        let route = routes.routes.first { $0.name == migration.route }
        let modes = route?.destinations.map(\.destination).filter { $0.provider == migration.to }.map(\.mode) ?? []
        self.init(
            name: migration.name,
            route: migration.route,
            from: migration.from,
            to: migration.to,
            delivery: modes.contains(.primary) || modes.contains(.mirror)
                ? .mirror : modes.contains(.shadow) ? .shadow : nil,
            gates: migration.gates,
            comparesUsage: !migration.metrics.isEmpty,
            verifies: routes.providers.first { $0.name == migration.to }?.verify != nil,
            boundaries: migration.boundaries,
            keepFor: migration.keepFor
        )
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
