import Events
import Journal
import Parity
import Routing

/// Sends events again to the provider that lost them, with the bytes and the identity that they had: a provider that has one after all
/// recognizes it.
struct Resending {
    let runner: ParityRunner
    let provider: ProviderName

    private typealias Item = (number: Int64, event: TranslatedEvent)

    /// - Returns: the numbers of the findings whose events the vendor has confirmed again, and the counts.
    func send(_ findings: [NumberedFinding]) async throws(ParityError) -> ([Int64], ResendCount) {
        guard let configuration else { return ([], unconfigured(findings)) }
        let (items, unsent) = try await self.items(findings, configuration)
        var count = unsent
        var sent: [Int64] = []
        for batch in ResendBatches.cut(items, to: configuration.pipeline.batch, \.event) {
            let (numbers, reason) = await send(batch, to: configuration)
            sent += numbers
            count.failed += batch.count - numbers.count
            count.reason = count.reason ?? reason
        }
        count.sent = sent.count
        return (sent, count)
    }

    /// What ``send(_:)`` would send now, and what it would leave out.
    func plan(_ findings: [NumberedFinding]) async throws(ParityError) -> ResendCount {
        guard let configuration else { return unconfigured(findings) }
        let (items, unsent) = try await self.items(findings, configuration)
        var count = unsent
        count.sent = items.count
        return count
    }

    /// As the active routes have it; nil if they no longer do.
    private var configuration: ProviderConfiguration? {
        runner.routes.current.routes.providers.first { $0.name == provider }
    }

    private func unconfigured(_ findings: [NumberedFinding]) -> ResendCount {
        ResendCount(failed: findings.count, reason: "routes.json no longer has the provider \(provider)")
    }

    /// The events that may be sent again, and the count of the others.
    private func items(_ findings: [NumberedFinding], _ configuration: ProviderConfiguration) async throws(ParityError)
        -> ([Item], ResendCount)
    {
        var items: [Item] = []
        var count = ResendCount()
        let filter = ResendFilter(configuration, by: runner.routes.current, at: runner.clock.now)
        for finding in findings {
            switch try await translated(finding.finding, configuration.adapter, filter) {
            case .success(let event): items.append((finding.number, event))
            case .failure(let unsendable):
                count.failed += 1
                count.reason = count.reason ?? unsendable.reason
            }
        }
        return (items, count)
    }

    /// Why an event is not sent again.
    private struct Unsendable: Error {
        /// For people.
        let reason: String

        static let unknown = Unsendable(reason: "an event is no longer in the journal, or can no longer be translated")
        static let corrected = Unsendable(
            reason: "an event was corrected since, and would take the place of its correction"
        )
    }

    /// The event as it was sent, or why it must not be sent again. It is looked for among all events of its timestamp, because a correction
    /// that took its place has the same.
    private func translated(
        _ finding: Finding,
        _ adapter: any Adapter,
        _ filter: ResendFilter
    ) async throws(ParityError) -> Result<TranslatedEvent, Unsendable> {
        guard let sequence = finding.subject.sequence else { return .failure(.unknown) }
        let moment = ReadWindow(from: finding.subject.timestamp, until: finding.subject.timestamp + .milliseconds(1))
        let recorded: JournalWindow?
        let lanes: [LaneNumber: any LaneMembership]
        do {
            lanes = try await runner.lanes()
            recorded = try await JournalWindow.read(moment, from: runner.journal, limit: ParityRunMaking.mostEvents)
        } catch {
            throw .journal("\(error)")
        }
        guard let recorded, let archived = recorded.events.first(where: { $0.sequence == sequence }),
            let destination = archived.destination(at: provider, lanes)
        else { return .failure(.unknown) }
        guard filter.takes(archived.event) else { return .failure(Unsendable(reason: filter.reason)) }
        // A correction that takes the place of an event has its timestamp, so that it is among these.
        guard recorded.events.counting(at: provider).contains(where: { $0.sequence == sequence }),
            !recorded.events.contains(where: { $0.mayReplace(archived, at: provider) })
        else { return .failure(.corrected) }
        do { return .success(try adapter.translate(archived.event, for: destination)) } catch {
            return .failure(.unknown)
        }
    }

    /// A batch that is not confirmed as a whole is sent event by event.
    private func send(_ batch: [Item], to provider: ProviderConfiguration) async -> (sent: [Int64], reason: String?) {
        switch await runner.vendors.send(batch.map(\.event), to: provider) {
        case .all(.delivered)?: return (batch.map(\.number), nil)
        case .each(let outcomes)? where outcomes.allSatisfy(\.isDelivered): return (batch.map(\.number), nil)
        case nil: return ([], "the gateway is stopping")
        case let verdict? where batch.count == 1: return ([], Self.reason(verdict))
        case .all?, .each?, .unnamed?:
            var (sent, reason): ([Int64], String?) = ([], nil)
            for item in batch {
                let one = await send([item], to: provider)
                sent += one.sent
                reason = reason ?? one.reason
            }
            return (sent, reason)
        }
    }

    /// Nil if the vendor has it.
    private static func reason(_ verdict: Verdict) -> String? {
        switch verdict {
        case .all(let outcome): reason(outcome)
        case .each(let outcomes): outcomes.first.flatMap(reason)
        case .unnamed(let fault): fault.message
        }
    }

    private static func reason(_ outcome: Outcome) -> String? {
        switch outcome {
        case .delivered, .resend: nil
        case .retry(let fault, _), .ambiguous(let fault, _), .reject(let fault), .park(let fault): fault.message
        }
    }
}

extension ArchivedEvent {
    /// Whether it is a later correction that takes the place of another event at a provider, and that may be there, or on its way.
    fileprivate func mayReplace(_ other: ArchivedEvent, at provider: ProviderName) -> Bool {
        guard other.sequence < sequence, let corrected = event.corrects?.original,
            event.plan.destination(at: provider)?.correction == .replacing
        else { return false }
        let original = other.event.corrects?.original ?? other.event.id
        guard EventIdentityInJournal(event, corrected) == EventIdentityInJournal(other.event, original) else {
            return false
        }
        guard let delivery = deliveries.first(where: { $0.provider == provider }) else { return true }
        switch delivery.status {
        case .pending, .retrying, .uncertain, .delivered: return true
        case .rejected: return delivery.mayHaveArrived
        case .discarded, .skipped: return false
        }
    }
}

extension Outcome {
    fileprivate var isDelivered: Bool {
        if case .delivered = self { true } else { false }
    }
}
