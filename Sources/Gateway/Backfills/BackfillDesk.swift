import Access
import DeliveryEngine
import Events
import Ingress
import Journal
import Migration
import OfRecord
import Routing

/// Accepts orders for backfills: checks them against the active routes and writes them to the journal, from which ``BackfillService``
/// starts them.
struct BackfillDesk: BackfillManaging {
    private let journal: any LaneKeeping & RecordedTraffic & RetentionPinning
    private let routes: CurrentRoutes
    private let elsewhere: @Sendable () -> RoutesElsewhere
    private let admission: BackfillAdmission
    private let retention: Duration
    private let clock: any WallClock
    private let audit: AuditLog

    /// Number of events per read for a forecast.
    private static let pieceSize = 4096

    /// - Parameters:
    ///   - elsewhere: the routes by which other gateways accept events.
    ///   - retention: how long events are kept.
    init(
        journal: any LaneKeeping & RecordedTraffic & RetentionPinning,
        routes: CurrentRoutes,
        elsewhere: @escaping @Sendable () -> RoutesElsewhere = { .nobody },
        admission: BackfillAdmission,
        retention: Duration,
        clock: any WallClock,
        auditing audit: AuditLog
    ) {
        self.journal = journal
        self.routes = routes
        self.elsewhere = elsewhere
        self.admission = admission
        self.retention = retention
        self.clock = clock
        self.audit = audit
    }

    // MARK: - Starting

    func start(_ order: BackfillOrder, by caller: Caller) async throws(BackfillRefusal) -> BackfillStart {
        let requirements = try await requirements()
        let (order, leftOut) = try requirements.complete(order, for: caller.client)
        let accounts = try requirements.accounts(order, for: caller.client)
        let effect = try requirements.effect(order, on: accounts)
        let filter = filter(order, for: caller.client)
        var started: [BackfillView] = []
        for account in accounts {
            let lane = try await start(filter, account, account.routes, rate: order.rate, by: .client(caller))
            started.append(view(lane))
        }
        return BackfillStart(backfills: started, effect: effect, leftOut: leftOut)
    }

    /// Starts to send a provider the events that it lacks after a return of customers, each customer's from a time on. An account with a
    /// backfill for this return does not get another.
    /// - Returns: the backfills, including those that were started before.
    func refill(
        _ provider: ProviderName,
        with starts: [CustomerID: Timestamp],
        after returned: BackfillRoutes.Return,
        by actor: AuditLog.Actor
    ) async throws(BackfillRefusal) -> [LaneNumber] {
        // An operator who returns customers has been told that the other provider's lines must be voided.
        let order = BackfillOrder(provider: provider, since: starts.values.min() ?? clock.now, isConfirmed: true)
        let filter = filter(order, for: actor.client)
        let known = try await refills(after: returned)
        var numbers: [LaneNumber] = []
        for account in try requirements(removedThrough: nil).accounts(order, for: actor.client) {
            if let number = known[account.provider.name] {
                numbers.append(number)
                continue
            }
            let routes = account.routes.limited(to: starts, after: returned)
            do throws(BackfillRefusal) {
                numbers.append(try await start(filter, account, routes, rate: order.rate, by: actor).number)
            } catch {
                // Another gateway was faster.
                guard case .overlaps(let lane) = error, lane.provider == account.provider.name, lane.follows(returned)
                else { throw error }
                numbers.append(lane.number)
            }
        }
        return numbers
    }

    /// Whether all accounts of a provider have received what a return left them without.
    func isRefilled(_ provider: ProviderName, after returned: BackfillRoutes.Return) async throws(BackfillRefusal)
        -> Bool
    {
        let known = try await refills(after: returned)
        guard !known.isEmpty else { return false }
        let order = BackfillOrder(provider: provider, since: clock.now, isConfirmed: true)
        return try requirements(removedThrough: nil).accounts(order, for: nil).allSatisfy {
            known[$0.provider.name] != nil
        }
    }

    /// The backfills that belong to a return, by account.
    private func refills(after returned: BackfillRoutes.Return) async throws(BackfillRefusal)
        -> [ProviderName: LaneNumber]
    {
        try await lanes().reduce(into: [:]) { known, lane in
            if lane.follows(returned) { known[lane.provider] = lane.number }
        }
    }

    private func start(
        _ filter: LaneFilter,
        _ account: BackfillRequirements.Account,
        _ routes: BackfillRoutes,
        rate: Double,
        by actor: AuditLog.Actor
    ) async throws(BackfillRefusal) -> Lane {
        let lane = NewLane(
            provider: account.provider.name,
            adapter: account.provider.traits.adapter,
            filter: filter,
            routes: routes.encoded,
            rate: rate,
            by: actor.startingClient,
            at: clock.now
        )
        let started = try await start(lane)
        await audit.write(
            "backfill: start",
            by: actor,
            ["backfill": "\(started.number.rawValue)", "provider": "\(account.provider.name)"]
        )
        return started
    }

    private func start(_ lane: NewLane) async throws(BackfillRefusal) -> Lane {
        let answer: LaneStart
        do {
            answer = try await journal.start(lane)
        } catch {
            throw .store(error)
        }
        switch answer {
        case .started(let lane):
            admission.changed()
            return lane
        case .overlaps(let lane): throw .overlaps(lane)
        }
    }

    /// With what the journal has removed: what somebody orders is to be complete.
    private func requirements() async throws(BackfillRefusal) -> BackfillRequirements {
        do {
            return requirements(removedThrough: try await journal.removedThrough())
        } catch {
            throw .store(error)
        }
    }

    /// - Parameter removedThrough: nil: what is there suffices.
    private func requirements(removedThrough: Timestamp?) -> BackfillRequirements {
        let current = routes.current
        return BackfillRequirements(
            by: current.routes,
            logs: current.logs,
            retention: retention,
            removedThrough: removedThrough,
            at: clock.now
        )
    }

    /// - Parameter client: nil for the gateway itself.
    private func filter(_ order: BackfillOrder, for client: Client?) -> LaneFilter {
        order.filter(for: client.flatMap { $0.may(.admin) ? nil : $0.tenant })
    }

    // MARK: - Forecasting

    func forecast(_ order: BackfillOrder, for client: Client) async throws(BackfillRefusal) -> [UInt8] {
        var order = order
        // Nothing is sent, so there is nothing to confirm.
        (order.isConfirmed, order.acceptsUnreadable) = (true, true)
        let requirements = try await requirements()
        let leftOut: IncompletePeriods?
        (order, leftOut) = try requirements.complete(order, for: client)
        let accounts = try requirements.accounts(order, for: client)
        let effect = try requirements.effect(order, on: accounts)
        let filter = filter(order, for: client)
        let earlier = Set(try await lanes().map(\.provider))
        var previews = accounts.map { account in
            BackfillPreview(
                to: account.provider,
                taking: BackfillMembership(filter, account.routes),
                percent: order.rate
            )
        }
        let membership = accounts.map { BackfillMembership(filter, $0.routes) }
        let window = RecordedWindow(
            clock: .occurred,
            from: order.since,
            until: order.until ?? Timestamp(milliseconds: .max),
            tenant: filter.tenant,
            withDeliveries: accounts.contains { earlier.contains($0.provider.name) }
        )
        var unreadable = UnreadableRanges()
        var position: JournalPosition?
        while !Task.isCancelled {
            let piece = try await piece(of: window, after: position)
            for archived in piece.events
            where !archived.event.plan.isOfCanaries && membership.first?.filterTakes(archived.event) ?? false {
                for index in previews.indices { previews[index].add(archived.event, archived.deliveries) }
            }
            for damage in piece.damage { unreadable.add(damage) }
            position = piece.through
            if piece.isLast { break }
        }
        return BackfillForecast.json(
            of: previews.map(\.report),
            effect: effect,
            rate: order.rate,
            leftOut: leftOut,
            unreadable
        )
    }

    private func piece(of window: RecordedWindow, after position: JournalPosition?) async throws(BackfillRefusal)
        -> RecordedPiece
    {
        do {
            return try await journal.recorded(window, after: position, limit: Self.pieceSize)
        } catch {
            throw .store(error)
        }
    }

    // MARK: - Showing and changing

    func backfills(for client: Client) async throws(BackfillRefusal) -> [BackfillView] {
        try await lanes().filter { maySee($0, client) }.map(view)
    }

    func backfill(_ number: LaneNumber, for client: Client) async throws(BackfillRefusal) -> BackfillView {
        view(try await lane(number, for: client))
    }

    func change(_ number: LaneNumber, _ change: LaneChange, by caller: Caller) async throws(BackfillRefusal)
        -> BackfillView
    {
        _ = try await lane(number, for: caller.client)
        let answer: LaneAnswer
        do {
            answer = try await journal.change(number, change, by: caller.client.name, at: clock.now)
        } catch {
            throw .store(error)
        }
        switch answer {
        case .changed(let lane):
            admission.changed()
            await audit.write(
                "backfill: \(change.name)",
                by: .client(caller),
                ["backfill": "\(number)", "provider": "\(lane.provider)", "rate": "\(lane.rate)"]
            )
            return view(lane)
        case .refused(let lane), .unfinished(let lane): throw .wrongState(lane)
        case .unknown: throw .unknown(number)
        }
    }

    private func lanes() async throws(BackfillRefusal) -> [Lane] {
        do {
            return try await journal.lanes()
        } catch {
            throw .store(error)
        }
    }

    private func lane(_ number: LaneNumber, for client: Client) async throws(BackfillRefusal) -> Lane {
        let lane: Lane?
        do {
            lane = try await journal.lane(number)
        } catch {
            throw .store(error)
        }
        guard let lane, maySee(lane, client) else { throw .unknown(number) }
        return lane
    }

    /// A backfill without a tenant includes events of all tenants, so only administrators see it.
    private func maySee(_ lane: Lane, _ client: Client) -> Bool {
        client.may(.admin) || lane.filter.tenant == client.tenant
    }

    /// A backfill with what delays it now.
    private func view(_ lane: Lane) -> BackfillView {
        let snapshot = admission.snapshot(of: lane.number)
        let isConfigured = routes.current.routes.providers.contains {
            $0.name == lane.provider && $0.traits.adapter == lane.adapter
        }
        let heldBy: String? =
            switch lane.state {
            case .running: isConfigured ? snapshot?.hold?.rawValue ?? end(of: lane) : "provider_not_configured"
            case .paused, .cancelling, .done, .cancelled: nil
            }
        return BackfillView(
            lane: lane,
            heldBy: heldBy,
            currentRate: lane.rate * (snapshot?.factor ?? 1),
            leftOutCustomers: BackfillRoutes(decoding: lane.routes)?.leftOutCustomers ?? 0
        )
    }
}

extension BackfillDesk {
    /// Why a backfill cannot get an end; nil if it can.
    private func end(of lane: Lane) -> String? {
        !lane.progress.hasEnd && elsewhere() == .different ? "other_routes" : nil
    }
}

extension AuditLog.Actor {
    /// Nil if it is not one of the gateway's clients.
    fileprivate var client: Client? {
        switch self {
        case .client(let caller): caller.client
        case .user, .gateway: nil
        }
    }

    /// As the journal names it.
    fileprivate var startingClient: ClientName {
        switch self {
        case .client(let caller): caller.client.name
        case .user(let name): ClientName(name)
        case .gateway: "gateway"
        }
    }
}

extension Lane {
    /// Whether it was started for a return.
    fileprivate func follows(_ returned: BackfillRoutes.Return) -> Bool {
        BackfillRoutes(decoding: routes)?.returned == returned
    }
}

extension LaneChange {
    /// For the audit log.
    fileprivate var name: String {
        switch self {
        case .pause: "pause"
        case .resume: "resume"
        case .rate: "rate"
        case .fixEnd: "end"
        case .cancel: "cancel"
        }
    }
}
