import CoreMetrics
import Events
import Journal
import Logging
import Parity
import Routing
import ServiceLifecycle
import Telemetry

/// Reads a sample of the delivered events back, and finds those that a vendor has confirmed and does not show in two reads a visibility lag
/// apart.
///
/// The sample is walked out of the journal, and reads take part in the read budget, behind deliveries.
package struct VerifyService: Service {
    private let watch: WatchSurroundings

    /// Between two looks at the journal.
    private static let pause = Duration.seconds(1)
    /// Looks at a vendor until what they have shown is saved.
    private static let looksAtOnce = 20
    private static let lostLooksAtOnce = 5
    private static let piecesAtOnce = 20
    /// What has not changed is saved anyway, which says that the check runs.
    private static let saveEvery = Duration.seconds(5)

    private static let events = Metric(
        "tollgate_verify_events_total",
        "Delivered events that were read back, by outcome: found, different or lost."
    )
    private static let lost = Metric(
        "tollgate_verify_lost_total",
        "Delivered events that a vendor had accepted and did not show in two reads."
    )

    /// Before any event is accepted.
    private let startedAt: Timestamp
    /// Those that are read back from the start.
    private let configured: Set<ProviderName>

    /// To be made before the gateway accepts events.
    package init(_ watch: WatchSurroundings) {
        self.watch = watch
        startedAt = watch.clock.now
        configured = Set(watch.routes.current.routes.providers.filter { $0.verify != nil }.map(\.name))
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await watch.watchAll(having: { $0.verify != nil }) { name in await verify(name) }
        }
    }

    private func verify(_ name: ProviderName) async {
        var book: VerifyBook?
        var savedAt: ContinuousClock.Instant?
        while !Task.isCancelled {
            guard let provider = watch.provider(name), let settings = provider.verify else { return }
            var isBehind = false
            if watch.isHere(name) {
                do {
                    var current: VerifyBook
                    if let book { current = book } else { current = try await load(name) }
                    let before = current
                    isBehind = try await pass(&current, provider, settings)
                    let isDue = savedAt.map { $0 + Self.saveEvery <= .now } ?? true
                    if isDue || current.lost != before.lost || current.items != before.items {
                        try await watch.store.save(current.encoded(at: watch.clock.now), .verify, of: name)
                        savedAt = .now
                    }
                    book = current
                } catch {
                    watch.logger.warning(
                        "delivered events were not read back",
                        metadata: ["provider": "\(name)", "error": "\(error)"]
                    )
                }
            } else {
                // Another gateway goes on, from what was saved.
                book = nil
            }
            if isBehind { continue }
            do { try await Task.sleep(for: Self.pause) } catch { return }
        }
    }

    private func load(_ name: ProviderName) async throws -> VerifyBook {
        let saved = try await watch.store.watchState(.verify, of: name).flatMap { VerifyBook($0) }
        return saved ?? VerifyBook(start: configured.contains(name) ? startedAt : watch.clock.now)
    }

    /// Walks on, and makes the looks that are due.
    /// - Returns: whether more is due.
    func pass(_ book: inout VerifyBook, _ provider: ProviderConfiguration, _ settings: VerifySettings) async throws
        -> Bool
    {
        try await walk(&book, provider, settings)
        let due = book.due(at: watch.clock.now, limit: Self.looksAtOnce)
        for item in due where !Task.isCancelled {
            guard try await look(at: item, &book, provider) else { return false }
        }
        for event in book.dueLost(at: watch.clock.now, limit: Self.lostLooksAtOnce) where !Task.isCancelled {
            try await lookAgain(at: event, &book, provider)
        }
        return due.count == Self.looksAtOnce && !Task.isCancelled
    }

    private func walk(_ book: inout VerifyBook, _ provider: ProviderConfiguration, _ settings: VerifySettings)
        async throws(StoreError)
    {
        let lag = watch.lags.lag(of: provider)
        for _ in 0..<Self.piecesAtOnce where book.hasRoom && !Task.isCancelled {
            let before = watch.clock.now
            let window = RecordedWindow(
                clock: .accepted,
                from: book.position == nil ? book.start : Timestamp(milliseconds: .min),
                until: Timestamp(milliseconds: .max),
                withDeliveries: false
            )
            let piece = try await watch.journal.recorded(window, after: book.position, limit: VerifyBook.pieceSize)
            for archived in piece.events {
                let event = archived.event
                guard settings.takes(event), event.isReadBack(from: provider.name) else { continue }
                book.add(archived.sequence, of: event.tenant, due: event.acceptedAt + lag)
            }
            book.position = piece.through
            if piece.isLast {
                book.walkedTo = before
                return
            }
            if let last = piece.events.last { book.walkedTo = last.event.acceptedAt }
        }
    }

    // MARK: - Looks

    /// - Returns: false if the vendor cannot be read now.
    private func look(at item: VerifyBook.Item, _ book: inout VerifyBook, _ provider: ProviderConfiguration)
        async throws(StoreError) -> Bool
    {
        let lag = watch.lags.lag(of: provider)
        let archived = try await watch.journal.event(at: item.sequence, of: item.tenant)
        guard let sighting = await sighting(of: archived, at: provider, lag) else { return false }
        let now = watch.clock.now
        let lost = book.note(
            sighting,
            of: item,
            LostEvent(archived, item, at: provider.name, foundAt: now, lookAt: now + max(lag, VerifyBook.lookAgain)),
            lag: lag,
            at: now
        )
        switch sighting {
        case .shown(.same): count("found", provider)
        case .shown(.other):
            count("different", provider)
            log("a vendor shows an event with other values than were sent", archived, provider)
        case .shown(.nothing), .nothingToRead, .undelivered, .tooYoung: break
        case .unread: return false
        }
        if lost != nil {
            count("lost", provider)
            Self.lost.counter([("provider", provider.name.withoutTenant.rawValue)], in: watch.metrics).increment()
            log("a vendor has lost an event that it had accepted", archived, provider)
        }
        return true
    }

    private func lookAgain(at event: LostEvent, _ book: inout VerifyBook, _ provider: ProviderConfiguration)
        async throws(StoreError)
    {
        let archived = try await watch.journal.event(at: event.sequence, of: event.tenant)
        // It was delivered once, so that no time need pass.
        guard let sighting = await sighting(of: archived, at: provider, .zero) else { return }
        let lag = watch.lags.lag(of: provider)
        guard book.note(sighting, ofLost: event, lag: lag, at: watch.clock.now) else { return }
        watch.logger.notice(
            "a vendor shows an event again that was lost",
            metadata: ["provider": "\(provider.name)", "event": "\(event.eventID)"]
        )
    }

    /// - Returns: nil if the task was cancelled.
    private func sighting(of archived: ArchivedEvent?, at provider: ProviderConfiguration, _ lag: Duration) async
        -> VerifyBook.Sighting?
    {
        guard let archived else { return .nothingToRead }
        let delivery = archived.deliveries.first { $0.provider == provider.name && $0.lane == nil }
        guard let delivery, delivery.mode != .shadow else { return .nothingToRead }
        switch delivery.status {
        case .pending, .retrying: return .undelivered
        case .rejected, .uncertain, .skipped, .discarded: return .nothingToRead
        case .delivered: break
        }
        let visibleAt = delivery.confirmedAt(after: archived.event.acceptedAt) + lag
        guard visibleAt <= watch.clock.now else { return .tooYoung(until: visibleAt) }
        return await watch.look(at: archived.event, delivery, provider)
    }

    private func count(_ outcome: String, _ provider: ProviderConfiguration) {
        let labels = [("provider", provider.name.withoutTenant.rawValue), ("outcome", outcome)]
        Self.events.counter(labels, in: watch.metrics).increment()
    }

    private func log(_ message: Logger.Message, _ archived: ArchivedEvent?, _ provider: ProviderConfiguration) {
        watch.logger.error(
            message,
            metadata: ["provider": "\(provider.name)", "event": "\(archived.map { $0.event.id.rawValue } ?? "")"]
        )
    }
}

extension AcceptedEvent {
    /// Whether the event is delivered to a provider by its plan, and for itself.
    fileprivate func isReadBack(from provider: ProviderName) -> Bool {
        guard !plan.isOfCanaries, !plan.isOfCorrections else { return false }
        return plan.destination(at: provider).map { $0.mode != .shadow } ?? false
    }
}

extension LostEvent {
    fileprivate init(
        _ archived: ArchivedEvent?,
        _ item: VerifyBook.Item,
        at provider: ProviderName,
        foundAt: Timestamp,
        lookAt: Timestamp
    ) {
        let delivery = archived?.deliveries.first { $0.provider == provider && $0.lane == nil }
        let acceptedAt = archived?.event.acceptedAt ?? foundAt
        self.init(
            sequence: item.sequence,
            tenant: item.tenant,
            eventID: archived?.event.id ?? EventID(""),
            name: archived?.event.name ?? "",
            deliveredAt: delivery?.confirmedAt(after: acceptedAt) ?? acceptedAt,
            foundAt: foundAt,
            lookAt: lookAt
        )
    }
}
