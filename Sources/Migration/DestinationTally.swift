import Events
import Routing

/// Counts what one provider would get.
struct DestinationTally: Sendable {
    private var counts: DestinationPreview
    private var peak: RequestPeak?
    private var backfill: RequestCount?
    private let rateLimit: RateLimit?
    private let configuration: ProviderConfiguration?
    /// Events that would be sent, and not only translated.
    private var sent = 0
    /// Bytes of the events that were translated, for those that are not.
    private var translatedBytes = 0

    /// - Parameter configuration: nil for a provider that the new routes do not have.
    init(provider: ProviderName, configuration: ProviderConfiguration?) {
        counts = DestinationPreview(provider: provider, adapter: configuration?.traits.adapter)
        self.configuration = configuration
        rateLimit = configuration?.pipeline.rateLimit
        guard let pipeline = configuration?.pipeline else { return }
        peak = RequestPeak(batch: pipeline.batch, limit: pipeline.rateLimit)
        backfill = RequestCount(batch: pipeline.batch)
    }

    /// Whether an event would go there, or went there.
    var isUsed: Bool { counts.events > 0 || counts.removed > 0 }

    var preview: DestinationPreview {
        var preview = counts
        preview.peak = peak?.result
        if let backfill, backfill.events > 0 {
            preview.backfill = BackfillEstimate(backfill, limit: rateLimit)
        }
        preview.comparison = configuration.flatMap { ComparisonEstimate(of: sent, at: $0) }
        return preview
    }

    /// - Parameters:
    ///   - customer: the number of the event's customer, from ``CustomerNumbers``.
    ///   - isSampled: whether the event is translated; else it counts with the mean size of those that are.
    mutating func add(_ event: AcceptedEvent, _ change: DestinationChange, customer: Int?, isSampled: Bool) {
        guard change.new != nil else {
            counts.removed += 1
            return
        }
        counts.events += 1
        counts.customers.add(customer)
        if change.old == nil { counts.added += 1 }
        if let mode = change.modeChange { counts.modeChanges[mode, default: 0] += 1 }
        guard isSampled else { return countRequest(of: event, change, bytes: meanBytes) }
        guard let translated = translate(event, change) else { return }
        translatedBytes += translated.bytes.count
        countRequest(of: event, change, bytes: translated.bytes.count)
        if let earlier = change.earlier { compare(translated, with: earlier, event) }
    }

    private var meanBytes: Int {
        let count = counts.translated - counts.untranslatable.count
        return count > 0 ? translatedBytes / count : 0
    }

    private mutating func translate(_ event: AcceptedEvent, _ change: DestinationChange) -> TranslatedEvent? {
        counts.translated += 1
        // The reader of routes refuses a provider whose adapter there is not.
        guard let translation = change.translation else { preconditionFailure("new routes have adapters") }
        do {
            return try translation.translate(event)
        } catch {
            counts.untranslatable.add(event.id, to: UntranslatableReason(field: error.field, message: error.message))
            return nil
        }
    }

    private mutating func compare(
        _ translated: TranslatedEvent,
        with earlier: any Translating,
        _ event: AcceptedEvent
    ) {
        do throws(Untranslatable) {
            let before = try earlier.translate(event)
            guard before.bytes != translated.bytes else { return }
            counts.changed += 1
            for difference in FieldDifference.all(between: before.bytes, and: translated.bytes) {
                counts.changedFields.add(difference, in: event.id)
            }
        } catch {
            counts.nowTranslatable += 1
        }
    }

    private mutating func countRequest(of event: AcceptedEvent, _ change: DestinationChange, bytes: Int) {
        guard change.isSent else { return }
        sent += 1
        peak?.add(bytes: bytes, acceptedAt: event.acceptedAt)
        if change.isFilled { backfill?.add(bytes: bytes) }
    }
}
