package import Events
package import Journal
package import Logging
import Parity
package import Routing
import ServiceLifecycle

/// What looks at vendors take of the journal.
package typealias LookedUpJournal = EventArchive & JournalAdministration & LookupRecording & RecordedTraffic

/// Looks up deliveries with unknown outcome at their vendors before a person has to decide.
///
/// Reads take part in the read budget as those of comparisons do. What was seen is kept in memory: after a restart, a delivery that was not
/// found yet is looked up again from the start.
package struct OutcomeLookups: Service {
    private let journal: any LookedUpJournal
    private let routes: CurrentRoutes
    private let vendors: any VendorAsking
    private let lanes: LaneMemberships
    private let lags: MeasuredLags
    private let isElsewhere: @Sendable (ProviderName) async -> Bool
    private let nudge: @Sendable (ProviderName) -> Void
    private let clock: any WallClock
    private let logger: Logger

    /// Between two looks at the journal for deliveries with unknown outcome.
    private static let pause = Duration.seconds(2)

    /// - Parameters:
    ///   - isElsewhere: whether another gateway looks after a provider.
    ///   - nudge: lets an account's pipeline know that a delivery is due.
    package init(
        journal: any LookedUpJournal,
        routes: CurrentRoutes,
        reading vendors: ReadableVendors,
        lanes: @escaping LaneMemberships,
        isElsewhere: @escaping @Sendable (ProviderName) async -> Bool = { _ in false },
        nudging nudge: @escaping @Sendable (ProviderName) -> Void = { _ in },
        clock: any WallClock,
        logger: Logger
    ) {
        self.journal = journal
        self.routes = routes
        self.vendors = vendors.asking
        self.lanes = lanes
        lags = vendors.lags
        self.isElsewhere = isElsewhere
        self.nudge = nudge
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var book = LookupBook()
            while !Task.isCancelled {
                do throws(StoreError) {
                    try await pass(&book)
                } catch {
                    logger.warning("deliveries with unknown outcome cannot be read", metadata: ["error": "\(error)"])
                }
                do { try await Task.sleep(for: Self.pause) } catch { return }
            }
        }
    }

    /// Looks once at all vendors that can be asked.
    func pass(_ book: inout LookupBook) async throws(StoreError) {
        let known = try await lanes()
        for provider in routes.current.routes.providers {
            guard provider.adapter.reader?.abilities.contains(.find) ?? false, !Task.isCancelled,
                await !isElsewhere(provider.name)
            else { continue }
            let waiting = try await deliveries(of: provider.name)
            book.keepOnly(waiting.map(\.cursor.sequence), at: provider.name)
            for delivery in waiting where !Task.isCancelled {
                try await look(at: delivery, provider, known, &book)
            }
            if provider.pipeline.onUncertain == .probe { try await sendAbsent(to: provider, &book) }
        }
    }

    /// The deliveries to look up, oldest first, as many as are kept in mind.
    private func deliveries(of provider: ProviderName) async throws(StoreError) -> [ArchivedDelivery] {
        let filter = DeliveryFilter(
            providers: [provider],
            statuses: [.uncertain, .rejected],
            errorCodes: [.timeout, .connectionFailed, .vendorError, .vendorUnavailable]
        )
        var found: [ArchivedDelivery] = []
        var after: DeliveryCursor?
        repeat {
            let page = try await journal.deliveries(matching: filter, after: after, limit: LookupBook.mostPerProvider)
            found += page.deliveries.filter(\.delivery.mayHaveArrived)
            after = page.next
        } while after != nil && found.count < LookupBook.mostPerProvider && !Task.isCancelled
        return Array(found.prefix(LookupBook.mostPerProvider))
    }

    private func look(
        at delivery: ArchivedDelivery,
        _ provider: ProviderConfiguration,
        _ lanes: [LaneNumber: any LaneMembership],
        _ book: inout LookupBook
    ) async throws(StoreError) {
        guard let sent = SentDelivery(delivery.event, delivery.delivery, at: provider, lanes) else { return }
        let sequence = delivery.cursor.sequence
        var lookup =
            book[sequence, provider.name]
            ?? OutcomeLookup(
                // Of a request that a crash interrupted, nothing tells when it left.
                attemptedAt: delivery.delivery.history.last?.at ?? delivery.event.acceptedAt,
                lag: lags.lag(of: provider),
                isImmediate: book.isImmediate(provider)
            )
        let start = clock.now
        if case .look(let time) = lookup.step {
            guard start >= time else { return }
            guard let shown = await find(sent, at: provider) else { return }
            book.noteStore(of: shown, at: provider)
            var sighting = sent.sighting(among: shown)
            if sighting == .same, try await hasTwin(delivery, sentAs: sent, lanes) { sighting = .other }
            lookup.note(sighting, at: start)
            book[sequence, provider.name] = lookup
        }
        let took = max(clock.now - start, .zero)
        try await settle(delivery, sentAs: sent, provider, lookup.step, at: start, taking: took)
    }

    /// Whether what the vendor shows may be another event of the journal.
    private func hasTwin(
        _ delivery: ArchivedDelivery,
        sentAs sent: SentDelivery,
        _ lanes: [LaneNumber: any LaneMembership]
    ) async throws(StoreError) -> Bool {
        guard !sent.isToldApart else { return false }
        let time = delivery.event.timestamp
        let moment = ReadWindow(from: time, until: time + .milliseconds(1))
        guard let recorded = try await JournalWindow.read(moment, from: journal, limit: Self.mostAtOnce) else {
            return true
        }
        return recorded.events.contains { other in
            other.sequence != delivery.cursor.sequence && sent.hasTwin(other, lanes)
        }
    }

    /// Of more events in one millisecond, nobody looks for a twin.
    private static let mostAtOnce = 50_000

    /// - Returns: nil if the vendor could not be asked; it is asked again later.
    private func find(_ sent: SentDelivery, at provider: ProviderConfiguration) async -> [VendorEvent]? {
        guard let reader = provider.adapter.reader else { return nil }
        switch await vendors.ask(reader.find(sent.wanted), at: provider) {
        case .done(let shown)?: return shown
        case .failed(let fault)?:
            logger.debug(
                "a delivery could not be looked up",
                metadata: ["provider": "\(provider.name)", "error": "\(fault.code)"]
            )
            return nil
        case .unsupported?, .ask?, nil: return nil
        }
    }

    private func settle(
        _ archived: ArchivedDelivery,
        sentAs sent: SentDelivery,
        _ provider: ProviderConfiguration,
        _ step: OutcomeLookup.Step,
        at start: Timestamp,
        taking took: Duration
    ) async throws(StoreError) {
        let vendor = provider.traits.vendor
        let delivery = archived.delivery
        let (status, fault): (DeliveryStatus, DeliveryFault)
        switch step {
        case .look: return
        case .found:
            status = .delivered
            fault = DeliveryFault(code: .foundAtVendor, message: "\(vendor) shows the event as it was sent")
        case .differs:
            status = delivery.status
            let message =
                sent.isToldApart
                ? "\(vendor) shows another event with this ID; find out who else writes there"
                : "\(vendor) shows an event of this name, customer and time, but not which one; compare what it has with the journal"
            fault = DeliveryFault(code: .otherAtVendor, message: message)
        case .absent:
            status = delivery.status
            let message = "\(vendor) does not show the event; a retry sends it again"
            fault = DeliveryFault(code: .absentAtVendor, message: message)
        }
        let attempt = Attempt(at: start, latency: took, httpStatus: nil, status: status, fault: fault)
        let lookup = RecordedLookup(
            sequence: archived.cursor.sequence,
            account: archived.cursor.provider,
            attempt: attempt
        )
        guard try await journal.record(lookup) else { return }
        logger.notice(
            "an unknown outcome was looked up",
            metadata: [
                "provider": "\(provider.name)", "event": "\(archived.event.id)", "outcome": "\(fault.code.rawValue)",
            ]
        )
    }

    /// Sends again what the vendor does not have; also what was found to be so before a crash, or before the store failed.
    private func sendAbsent(to provider: ProviderConfiguration, _ book: inout LookupBook) async throws(StoreError) {
        let filter = DeliveryFilter(
            providers: [provider.name],
            statuses: [.uncertain, .rejected],
            errorCodes: [.absentAtVendor]
        )
        let resend = ResendFilter(provider, by: routes.current, at: clock.now)
        // Those that are not sent again stay, so that a pass goes on after them.
        for _ in 0..<Self.mostPages where !Task.isCancelled {
            let page = try await journal.deliveries(
                matching: filter,
                after: book.absentThrough[provider.name],
                limit: LookupBook.mostPerProvider
            )
            for delivery in page.deliveries where resend.takes(delivery.event) && !Task.isCancelled {
                try await sendAgain(delivery, to: provider.name)
            }
            book.absentThrough[provider.name] = page.next
            if page.next == nil { return }
        }
    }

    /// Pages of absent deliveries that one pass goes through at a provider.
    private static let mostPages = 4

    /// Certainly not there, so that a repeat bills once.
    private func sendAgain(_ archived: ArchivedDelivery, to provider: ProviderName) async throws(StoreError) {
        let filter = DeliveryFilter(
            tenant: archived.event.tenant,
            providers: [provider],
            statuses: [.uncertain, .rejected],
            eventIDs: [archived.event.id],
            errorCodes: [.absentAtVendor]
        )
        let revision = DeliveryRevision(action: .retry, filter: filter, by: Self.actor, at: clock.now)
        _ = try await journal.revise(revision)
        nudge(archived.cursor.provider)
    }

    /// Who retries, as the list of actions shows it: no client can have this name.
    private static let actor: ClientName = "(probe)"
}
