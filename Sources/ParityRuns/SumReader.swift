import Events
import Journal
import Parity
import Routing

/// Holds the sums of metered properties against those that a provider shows, before its windows are counted.
struct SumReader {
    private let run: ParityRun
    private let runner: ParityRunner
    private let provider: ProviderConfiguration
    private let reader: any VendorReader
    private let traits: SumTraits
    private var sums: MeteredSums
    private(set) var calls = 0
    /// Why a sum could not be read, for people.
    private(set) var fault: String?

    /// - Returns: nil if the provider has no metered properties, or the window no whole part.
    init?(_ run: ParityRun, _ runner: ParityRunner, _ provider: ProviderConfiguration) {
        guard let reader = provider.adapter.reader, let traits = provider.traits.reads?.sums else { return nil }
        let properties = provider.reads.metered.mapValues(\.property)
        // Nothing has occurred yet that is to come.
        let until = min(run.order.window.until, runner.clock.now)
        guard run.order.window.from < until,
            let sums = MeteredSums(
                of: properties,
                in: ReadWindow(from: run.order.window.from, until: until),
                by: traits.part
            )
        else { return nil }
        self.run = run
        self.runner = runner
        self.provider = provider
        self.reader = reader
        self.traits = traits
        self.sums = sums
    }

    /// How many calls it takes.
    var forecast: Int {
        let (window, longest) = (sums.window.milliseconds, traits.longest.wholeMilliseconds)
        return provider.reads.metered.count * Int((window + longest - 1) / longest)
    }

    /// - Returns: nil if the sums could not be read.
    mutating func read() async throws(ParityError) -> SumComparison? {
        var shown: [String: [MeteredPart]] = [:]
        for (name, metered) in provider.reads.metered.sorted(by: { $0.key < $1.key }) {
            guard let parts = await ask(metered.meter) else { return nil }
            shown[name] = parts
        }
        try await addEvents()
        return Task.isCancelled ? nil : sums.compared(with: shown)
    }

    /// The sums of a meter over the whole window, in requests no longer than the vendor allows.
    /// - Returns: nil if one failed, or if the task was cancelled.
    private mutating func ask(_ meter: String) async -> [MeteredPart]? {
        var parts: [MeteredPart] = []
        var from = sums.window.from
        while from < sums.window.until {
            let until = min(sums.window.until, from + traits.longest)
            switch await runner.vendors.ask(
                reader.sums(of: meter, in: ReadWindow(from: from, until: until)),
                at: provider,
                counting: &calls
            ) {
            case .done(let answer)?: parts += answer
            case .failed(let failure)?: return fail(meter, failure.message)
            case .unsupported(let reason)?: return fail(meter, reason ?? "\(provider.traits.vendor) shows no sums")
            case .ask?, nil: return nil
            }
            from = until
        }
        return parts
    }

    private mutating func fail(_ meter: String, _ reason: String) -> [MeteredPart]? {
        fault = "the sums of the meter \(meter) could not be read: \(reason)"
        return nil
    }

    /// Adds up the journal's events; a second time if there are replacements, which may come after what they replace.
    private mutating func addEvents() async throws(ParityError) {
        let empty = sums
        let replacements = try await addEvents(knowing: Replacements())
        guard !replacements.isEmpty else { return }
        // A replacement may be pieces behind what it replaces.
        sums = empty
        _ = try await addEvents(knowing: replacements)
    }

    /// - Parameter known: the replacements among the events, which come behind what they replace.
    /// - Returns: the replacements that were found.
    private mutating func addEvents(knowing known: Replacements) async throws(ParityError) -> Replacements {
        var found = Replacements()
        let window = RecordedWindow(clock: .occurred, from: sums.window.from, until: sums.window.until)
        var position: JournalPosition?
        while !Task.isCancelled {
            let piece: RecordedPiece
            let lanes: [LaneNumber: any LaneMembership]
            do {
                lanes = try await runner.lanes()
                piece = try await runner.journal.recorded(window, after: position, limit: JournalWindow.piece)
            } catch {
                throw .journal("\(error)")
            }
            for archived in piece.events { found.add(archived) }
            let recorded = JournalWindow(events: piece.events, isDamaged: false, replacements: known)
            for event in recorded.expected(at: provider.name, provider.adapter, lanes) { sums.add(event) }
            if piece.isLast { break }
            position = piece.through
        }
        return found
    }
}
