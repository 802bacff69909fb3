import Events
import Journal

/// Translates shadow deliveries, and counts their results: how many could be sent, which fields cannot be translated, and which differ
/// from what the primary received at the same vendor.
struct ShadowTranslation {
    private struct Tallied: Hashable {
        let shadowClass: ShadowClass
        let field: String
    }

    private struct Tally {
        var events = 0
        var samples: [SequenceNumber] = []
    }

    private let adapterName: AdapterName
    private var translator: Translator
    private var primaryTranslator: Translator
    private let now: Timestamp
    private var run: [SequenceNumber] = []
    private var runs: [SkippedRun] = []
    private var tallies: [Tallied: Tally] = [:]
    private var order: [Tallied] = []

    init(_ adapter: any Adapter, at now: Timestamp) {
        adapterName = adapter.traits.adapter
        translator = Translator(adapter)
        primaryTranslator = Translator(adapter)
        self.now = now
    }

    /// Translates the next delivery of a claim.
    mutating func add(_ delivery: ClaimedDelivery) {
        run.append(delivery.sequence)
        do throws(Untranslatable) {
            let translated = try translator.translate(delivery.event, for: delivery.destination)
            let fields = fieldsThatDiffer(translated, delivery.event)
            if fields.isEmpty { count(.translated, "", delivery.sequence) }
            for field in fields { count(.different, field, delivery.sequence) }
        } catch {
            count(.untranslatable, error.field, delivery.sequence)
        }
    }

    /// The next delivery is not a shadow delivery.
    /// - Returns: whether a shadow delivery directly preceded it.
    mutating func endRun() -> Bool {
        guard !run.isEmpty else { return false }
        runs.append(SkippedRun(sequences: run, at: now))
        run = []
        return true
    }

    /// The runs and the counts.
    mutating func end() -> ([SkippedRun], [ShadowTally]) {
        _ = endRun()
        let shadow = order.map { tallied in
            ShadowTally(
                tallied.shadowClass,
                field: tallied.field,
                events: tallies[tallied]?.events ?? 0,
                samples: tallies[tallied]?.samples ?? [],
                at: now
            )
        }
        return (runs, shadow)
    }

    /// The fields in which the event differs from what the primary at the same vendor received; empty if there is no primary.
    private mutating func fieldsThatDiffer(_ translated: TranslatedEvent, _ event: AcceptedEvent) -> [String] {
        let primary = event.plan.destinations.first { $0.mode == .primary && $0.adapter == adapterName }
        guard let primary else { return [] }
        do throws(Untranslatable) {
            let sent = try primaryTranslator.translate(event, for: primary)
            guard sent.bytes != translated.bytes else { return [] }
            let paths = FieldDifference.all(between: sent.bytes, and: translated.bytes).map(\.path)
            return Array(paths.prefix(Self.mostFields))
        } catch {
            // The primary received nothing to compare with.
            return []
        }
    }

    /// Per event.
    private static let mostFields = 10

    private mutating func count(_ shadowClass: ShadowClass, _ field: String, _ sequence: SequenceNumber) {
        let tallied = Tallied(shadowClass: shadowClass, field: field)
        if tallies[tallied] == nil { order.append(tallied) }
        tallies[tallied, default: Tally()].events += 1
        // The newest are kept.
        tallies[tallied]?.samples.append(sequence)
        if tallies[tallied].map({ $0.samples.count > ShadowCount.mostSamples }) ?? false {
            tallies[tallied]?.samples.removeFirst()
        }
    }
}
