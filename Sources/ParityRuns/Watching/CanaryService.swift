import CoreMetrics
import Events
import Journal
import Logging
import Parity
import Routing
import ServiceLifecycle
import Telemetry

/// Sends canaries through the journal and the pipelines, like all other events, and reads until the vendors show them.
///
/// How long that takes from the vendor's success is the visibility lag. Reads take part in the read budget, behind deliveries.
package struct CanaryService: Service {
    private let watch: WatchSurroundings

    private static let pause = Duration.milliseconds(200)
    private static let pauseElsewhere = Duration.seconds(5)

    private static let seconds = Metric(
        "tollgate_visible_seconds",
        "Time from a vendor's success until it showed a canary.",
        buckets: [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 10_800]
    )
    private static let canaries = Metric(
        "tollgate_canaries_total",
        "Canaries that came to their end, by outcome: visible, lost or rejected."
    )

    package init(_ watch: WatchSurroundings) {
        self.watch = watch
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await watch.watchAll(having: { $0.canary != nil }) { name in await send(to: name) }
        }
    }

    private func send(to name: ProviderName) async {
        var book: CanaryBook?
        while !Task.isCancelled {
            guard let provider = watch.provider(name), let settings = provider.canary else { break }
            let isHere = watch.isHere(name)
            do {
                var current: CanaryBook
                if let book { current = book } else { current = try await load(name) }
                if isHere, try await step(&current, provider, settings) {
                    try await watch.store.save(current.encoded, .canary, of: name)
                }
                watch.lags.note(current.measuredLag, of: name)
                // What another gateway measures is read again.
                book = isHere ? current : nil
            } catch {
                watch.logger.warning(
                    "a canary could not be followed",
                    metadata: ["provider": "\(name)", "error": "\(error)"]
                )
            }
            do { try await Task.sleep(for: isHere ? Self.pause : Self.pauseElsewhere) } catch { break }
        }
        if !Task.isCancelled { watch.lags.note(nil, of: name) }
    }

    private func load(_ name: ProviderName) async throws(ParityError) -> CanaryBook {
        try await watch.store.watchState(.canary, of: name).flatMap { CanaryBook($0) } ?? CanaryBook()
    }

    /// Makes the next step, if one is due.
    /// - Returns: whether anything has changed.
    func step(_ book: inout CanaryBook, _ provider: ProviderConfiguration, _ settings: CanarySettings) async throws
        -> Bool
    {
        let before = book
        let now = watch.clock.now
        switch book.step(slot: settings.slot(at: now), every: settings.every, at: now) {
        case .wait: break
        case .send(let slot): try await send(slot, &book, provider, settings)
        case .readJournal(let sent): try await readJournal(sent, &book, provider)
        case .look(let sent): try await look(sent, &book, provider)
        }
        let lag = provider.reads.lag
        if book.judge(lag: lag, every: settings.every, provider: provider.name, at: watch.clock.now) {
            end("lost", provider)
        }
        if let alarm = book.alarm, alarm != before.alarm {
            watch.logger.error(
                "a canary raises an alarm",
                metadata: ["provider": "\(provider.name)", "reason": "\(alarm.reason)"]
            )
        } else if book.alarm == nil, before.alarm != nil {
            watch.logger.notice("a canary is visible again", metadata: ["provider": "\(provider.name)"])
        }
        return book != before
    }

    private func send(
        _ slot: Timestamp,
        _ book: inout CanaryBook,
        _ provider: ProviderConfiguration,
        _ settings: CanarySettings
    ) async throws {
        let snapshot = watch.routes.current
        let destination = snapshot.routes.canaryDestination(at: provider)
        let event = settings.event(of: slot, to: destination, at: watch.clock.now)
        do throws(Untranslatable) {
            _ = try provider.adapter.translate(event, for: destination)
        } catch {
            return book.failed(slot, because: "the canary cannot be sent: \(error.message)", at: watch.clock.now)
        }
        let request = AppendRequest(events: [event], policy: .each)
        guard let result = try await watch.journal.append(request).first else { return }
        switch result {
        case .stored(let sequence): book.sent(event.id, sequence, of: slot, at: event.acceptedAt)
        case .duplicate(let sequence, _):
            // Another gateway was first, or this one before it was stopped.
            let original = try await watch.journal.original(sequence)
            book.sent(event.id, sequence, of: slot, at: original?.acceptedAt ?? event.acceptedAt)
        case .conflict, .withheld:
            book.failed(slot, because: "the journal has another event with the canary's ID", at: watch.clock.now)
        }
    }

    private func readJournal(_ sent: CanaryBook.Sent, _ book: inout CanaryBook, _ provider: ProviderConfiguration)
        async throws
    {
        guard let (event, delivery) = try await find(sent, provider) else { return book.vanished() }
        let now = watch.clock.now
        switch delivery.status {
        case .pending, .retrying: book.undelivered(at: now)
        case .delivered: book.delivered(at: delivery.confirmedAt(after: event.acceptedAt))
        case .rejected, .uncertain:
            let reason = delivery.fault.map { ": \($0.message)" } ?? ""
            book.refused(because: "\(provider.traits.vendor) did not accept the canary\(reason)", at: now)
            end("rejected", provider)
            try await discard(sent, provider)
        case .skipped, .discarded: book.vanished()
        }
    }

    private func look(_ sent: CanaryBook.Sent, _ book: inout CanaryBook, _ provider: ProviderConfiguration)
        async throws
    {
        guard let (event, delivery) = try await find(sent, provider) else { return book.vanished() }
        switch await watch.look(at: event, delivery, provider) {
        case .shown(.same)?, .shown(.other)?:
            let lag = book.shown(at: watch.clock.now)
            let labels = [("provider", provider.name.rawValue)]
            Self.seconds.timer(labels, in: watch.metrics).record(lag)
            end("visible", provider)
        case .shown(.nothing)?, .unread?: book.notShown(at: watch.clock.now)
        case .nothingToRead?: book.vanished()
        case .undelivered?, .tooYoung?, nil: break
        }
    }

    /// - Returns: nil if the journal has it no more.
    private func find(_ sent: CanaryBook.Sent, _ provider: ProviderConfiguration) async throws(StoreError)
        -> (AcceptedEvent, Delivery)?
    {
        let archived = try await watch.journal.event(at: sent.sequence, of: .canary)
        guard let archived, archived.event.id == sent.id,
            let delivery = archived.deliveries.first(where: { $0.provider == provider.name })
        else { return nil }
        return (archived.event, delivery)
    }

    /// A dead letter would be kept until somebody acts.
    private func discard(_ sent: CanaryBook.Sent, _ provider: ProviderConfiguration) async throws(StoreError) {
        let filter = DeliveryFilter(
            tenant: .canary,
            providers: [provider.name],
            statuses: [.rejected, .uncertain],
            eventIDs: [sent.id]
        )
        _ = try await watch.journal.revise(
            DeliveryRevision(action: .discard, filter: filter, by: .canary, at: watch.clock.now)
        )
    }

    private func end(_ outcome: String, _ provider: ProviderConfiguration) {
        let labels = [("provider", provider.name.rawValue), ("outcome", outcome)]
        Self.canaries.counter(labels, in: watch.metrics).increment()
    }
}
