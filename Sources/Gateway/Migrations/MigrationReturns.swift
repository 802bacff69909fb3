import Access
import DeliveryEngine
import Events
import Ingress
import Journal
import Logging
import Migration
import OfRecord
import Routing
import ServiceLifecycle
import Synchronization

/// Completes immediate returns: finds out what must be voided at the new provider, and starts to send the old one what it lacks.
///
/// A return is an entry in a migration's log, and that alone makes it effective. The rest takes time, and a crash or a shutdown can
/// interrupt it. So each gateway completes every return of the last days that has no backfill of its own: at the start, when a gate has
/// ordered it, and when a request that ordered it was interrupted.
final class MigrationReturns: Service {
    /// The result of an immediate return.
    struct Outcome: Sendable {
        let usage: ReturnedUsage
        /// Nil if the old provider lacks nothing.
        let refill: MigrationOutcome.Refill?
        /// Whether there is nothing left to try: what was refused now will be refused later too.
        fileprivate let isFinal: Bool
    }

    /// The progress of a return that is not complete.
    private enum Progress {
        /// It is being completed now.
        case followed
        case waiting(Waiting)
        case over
    }

    /// Why a return waits: for another backfill, or for the store.
    private struct Waiting {
        /// The usage, if it was already determined; nil if it could not be read.
        var usage: ReturnedUsage?
        let reason: String
        let until: ContinuousClock.Instant
    }

    private let journal: any RecordedTraffic
    private let book: MigrationBook
    private let routes: CurrentRoutes
    let backfills: BackfillDesk
    private let times: MigrationTimes
    private let logger: Logger
    private let progress = Mutex<[BackfillRoutes.Return: Progress]>([:])

    /// Number of events per read.
    private static let pieceSize = 4096
    /// Between two checks of the log.
    private static let interval = Duration.milliseconds(500)
    /// Older returns are not completed.
    private static let longestAge = Duration.seconds(7 * 86_400)

    init(
        journal: any RecordedTraffic,
        book: MigrationBook,
        routes: CurrentRoutes,
        backfills: BackfillDesk,
        times: MigrationTimes,
        logger: Logger
    ) {
        self.journal = journal
        self.book = book
        self.routes = routes
        self.backfills = backfills
        self.times = times
        self.logger = logger
    }

    // MARK: - One that is ordered here

    /// What an immediate return would cause; nil if the order is not one, or if no customer has moved. Nothing is started.
    /// - Parameter records: the migration's log, with the order as its last entry.
    func forecast(_ outline: MigrationOutline, _ records: [MigrationRecord])
        async throws(MigrationRefusal) -> Outcome?
    {
        guard let returned = ReturnAtOnce(outline, records) else { return nil }
        let usage = try await usage(returned)
        return Outcome(usage: usage, refill: Self.refill(returned, usage), isFinal: true)
    }

    /// Reserves an order that is about to be recorded for this gateway.
    func claim(_ record: MigrationRecord) {
        progress.withLock { $0[record.returnKey] = .followed }
    }

    /// Releases an order that was reserved and not recorded.
    func release(_ record: MigrationRecord) {
        progress.withLock { $0[record.returnKey] = nil }
    }

    /// Completes an order that was reserved and recorded; nil if it is not an immediate return, or if no customer has moved. If it
    /// throws, or if what the old provider lacks must wait, ``run()`` continues with it.
    /// - Parameter records: the migration's log, with the order as its last entry.
    func follow(_ outline: MigrationOutline, _ records: [MigrationRecord], by actor: AuditLog.Actor)
        async throws(MigrationRefusal) -> Outcome?
    {
        guard let returned = ReturnAtOnce(outline, records) else {
            if let record = records.last { release(record) }
            return nil
        }
        return try await follow(returned, nil, by: actor)
    }

    /// - Parameter known: the usage, if it was already determined.
    private func follow(_ returned: ReturnAtOnce, _ known: ReturnedUsage?, by actor: AuditLog.Actor)
        async throws(MigrationRefusal) -> Outcome
    {
        var state: Progress?
        defer { progress.withLock { $0[returned.key] = state } }
        // Until the return holds, events are on the new provider's bill. A request that ends before that has had its order recorded.
        let rest = min(times.lead, max(.zero, returned.record.entry.at - times.clock.now))
        do { try await Task.sleep(for: rest) } catch { throw .store(.closed) }
        let usage = if let known { known } else { try await usage(returned) }
        let outcome = await refill(returned, usage, by: actor)
        state = outcome.isFinal ? .over : .waiting(waiting(outcome.refill?.refusal ?? "", usage))
        return outcome
    }

    private func waiting(_ reason: String, _ usage: ReturnedUsage? = nil) -> Waiting {
        Waiting(usage: usage, reason: reason, until: .now + times.pause)
    }

    // MARK: - Those that nobody follows

    /// Completes returns until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    /// Completes the remaining returns.
    func look() async {
        let routes = routes.current.routes
        let history = book.current
        for migration in routes.migrations {
            let records = history[migration.name]
            for index in records.indices where !Task.isCancelled && isLeftOver(records[index]) {
                let outline = MigrationOutline(migration, in: routes)
                guard let returned = ReturnAtOnce(outline, Array(records[...index])) else { continue }
                await makeUp(for: returned)
            }
        }
    }

    /// Whether a return has been left long enough to the gateway that received it, and is not too old.
    private func isLeftOver(_ record: MigrationRecord) -> Bool {
        let now = times.clock.now
        guard case .goBack(.now, _) = record.entry.action, record.entry.at + times.patience <= now,
            now - record.entry.at <= Self.longestAge
        else { return false }
        return progress.withLock { progress in
            switch progress[record.returnKey] {
            case .followed, .over: false
            case .waiting(let waiting): waiting.until <= .now
            case nil: true
            }
        }
    }

    private func makeUp(for returned: ReturnAtOnce) async {
        var before: Waiting?
        if case .waiting(let waiting)? = progress.withLock({ $0[returned.key] }) { before = waiting }
        do {
            guard try await !backfills.isRefilled(returned.outline.from, after: returned.key) else {
                return progress.withLock { $0[returned.key] = .over }
            }
            claim(returned.record)
            let outcome = try await follow(returned, before?.usage, by: .gateway)
            if outcome.refill?.refusal == nil || outcome.refill?.refusal != before?.reason {
                log(outcome, of: returned)
            }
        } catch {
            guard !Task.isCancelled else { return }
            let waiting = waiting("\(error)", before?.usage)
            progress.withLock { $0[returned.key] = .waiting(waiting) }
            logger.warning(
                "a return was not followed to its end; it is tried again",
                metadata: ["migration": "\(returned.outline.name)", "error": "\(error)"]
            )
        }
    }

    private func log(_ outcome: Outcome, of returned: ReturnAtOnce) {
        var metadata: Logger.Metadata = [
            "migration": "\(returned.outline.name)", "provider": "\(returned.outline.to)",
            "customers": "\(outcome.usage.list.count)",
        ]
        guard let refill = outcome.refill else {
            return logger.info("customers have returned", metadata: metadata)
        }
        metadata["refilled"] = "\(refill.provider)"
        metadata["missing"] = "\(refill.events)"
        if let refusal = refill.refusal {
            metadata["error"] = "\(refusal)"
            logger.error(
                "customers have returned, and what the old provider lacks is not sent to it",
                metadata: metadata
            )
        } else {
            metadata["backfills"] = "\(refill.backfills.map { "\($0)" }.joined(separator: ","))"
            logger.notice(
                "customers have returned, and a backfill sends the old provider what it lacks",
                metadata: metadata
            )
        }
    }

    // MARK: - Parts

    /// - Throws: ``MigrationRefusal/store(_:)``, with ``StoreError/closed`` if the task was cancelled: otherwise a part would count as
    ///   the whole.
    private func usage(_ returned: ReturnAtOnce) async throws(MigrationRefusal) -> ReturnedUsage {
        var usage = ReturnedUsage(
            of: returned.outline,
            log: returned.log,
            customers: returned.customers,
            until: returned.end
        )
        let window = RecordedWindow(
            clock: .occurred,
            from: returned.start,
            until: Timestamp(milliseconds: .max),
            tenant: nil,
            withDeliveries: false
        )
        var position: JournalPosition?
        while true {
            guard !Task.isCancelled else { throw .store(.closed) }
            let piece: RecordedPiece
            do {
                piece = try await journal.recorded(window, after: position, limit: Self.pieceSize)
            } catch {
                throw .store(error)
            }
            for recorded in piece.events { usage.add(recorded.event) }
            usage.unreadableParts += piece.damage.count
            position = piece.through
            if piece.isLast { return usage }
        }
    }

    private static func refill(_ returned: ReturnAtOnce, _ usage: ReturnedUsage) -> MigrationOutcome.Refill? {
        let missing = usage.missing
        guard missing.events > 0 else { return nil }
        return MigrationOutcome.Refill(
            provider: returned.outline.from,
            events: missing.events,
            customers: missing.starts.count,
            moreEvents: missing.moreEvents
        )
    }

    /// Starts to send the old provider what it lacks of the returned customers' current periods.
    private func refill(_ returned: ReturnAtOnce, _ usage: ReturnedUsage, by actor: AuditLog.Actor) async -> Outcome {
        guard var refill = Self.refill(returned, usage) else {
            return Outcome(usage: usage, refill: nil, isFinal: true)
        }
        let starts = usage.missing.starts
        do throws(BackfillRefusal) {
            refill.backfills = try await backfills.refill(refill.provider, with: starts, after: returned.key, by: actor)
            return Outcome(usage: usage, refill: refill, isFinal: true)
        } catch {
            refill.refusal = error.message ?? "the store failed; see the log"
            return Outcome(usage: usage, refill: refill, isFinal: !error.mayPass)
        }
    }
}

/// An immediate return of customers, as the log has it.
private struct ReturnAtOnce {
    let outline: MigrationOutline
    let record: MigrationRecord
    /// The log before it.
    let log: MigrationLog
    let customers: Set<CustomerID>?
    /// When the first customer can have moved.
    let start: Timestamp
    /// When it takes effect.
    let end: Timestamp

    /// - Returns: nil if the last entry is not an immediate return, or if no customer can have moved before it.
    init?(_ outline: MigrationOutline, _ records: [MigrationRecord]) {
        let log = MigrationLog(records.dropLast().map(\.entry))
        guard let record = records.last, case .goBack(.now, let customers) = record.entry.action,
            let start = ReturnedUsage.start(of: log)
        else { return nil }
        self.outline = outline
        self.record = record
        self.log = log
        self.customers = customers
        self.start = start
        // If the clock was set back, it does not precede earlier entries.
        end = max(record.entry.at, log.entries.last?.at ?? record.entry.at)
    }

    var key: BackfillRoutes.Return { record.returnKey }
}

extension MigrationRecord {
    fileprivate var returnKey: BackfillRoutes.Return {
        BackfillRoutes.Return(migration: migration, number: entry.number)
    }
}

extension BackfillRefusal {
    /// Whether it may be accepted later without any change.
    fileprivate var mayPass: Bool {
        switch self {
        case .overlaps, .store: true
        case .unknownProvider, .sharedProvider, .emptyWindow, .futureWindow, .beforeRetention,
            .incompletePeriods, .allIncomplete, .noRoute, .notLive, .unreadable, .moved, .unconfirmed, .unknown,
            .wrongState:
            false
        }
    }
}
