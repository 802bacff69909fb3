import Events
import Journal
import Parity
import Routing

/// Sends the confirmed events of a window again to a vendor that recognizes them, and counts those that it did not have: they were lost,
/// and are there now.
struct ResendProof {
    private typealias Item = (expected: ExpectedEvent, sent: TranslatedEvent)

    private let vendors: any VendorAsking
    private let provider: ProviderConfiguration
    private let reader: any VendorReader
    private let decision: CauseDecision
    private let filter: ResendFilter

    /// - Parameter filter: what may be sent again.
    /// - Throws: ``WindowReader/Failure/unreadable(_:)`` if the vendor does not recognize what it has.
    init(
        _ vendors: any VendorAsking,
        _ provider: ProviderConfiguration,
        _ decision: CauseDecision,
        sending filter: ResendFilter
    ) throws(WindowReader.Failure) {
        guard let reader = provider.adapter.reader, provider.traits.reads?.countsNewEvents ?? false else {
            throw .unreadable("\(provider.traits.vendor) does not tell which events are new to it")
        }
        (self.vendors, self.provider, self.reader, self.decision) = (vendors, provider, reader, decision)
        self.filter = filter
    }

    /// - Parameter expected: the events of the window that the provider should have.
    func make(
        _ recorded: JournalWindow,
        _ expected: [ExpectedEvent],
        _ lanes: [LaneNumber: any LaneMembership]
    ) async throws(WindowReader.Failure) -> WindowResult {
        var result = WindowResult(comparison: .resent(expected, at: provider.name, deciding: decision))
        result.expected = expected.filter { !$0.isCanary }
        let confirmed = recorded.confirmed(at: provider.name, provider.adapter, lanes)
        let items = expected.compactMap { event in
            // Nobody bills a canary.
            event.isCanary ? nil : confirmed[event.sequence].map { (expected: event, sent: $0) }
        }
        // What was lost of them would be billed twice, and what is not sent proves nothing.
        guard items.allSatisfy({ filter.takes($0.expected.event) }) else { throw .unreadable(filter.reason) }
        // One name a batch, so that the name of what was lost is known.
        for (_, named) in Dictionary(grouping: items, by: \.expected.event.name).sorted(by: { $0.key < $1.key }) {
            for batch in ResendBatches.cut(named, to: provider.pipeline.batch, \.sent) {
                result.calls += 1
                let lost = try await send(batch)
                if lost > 0 { result.comparison.note(lost: lost, among: batch.map(\.expected)) }
            }
        }
        return result
    }

    /// - Returns: how many the vendor did not have.
    private func send(_ batch: [Item]) async throws(WindowReader.Failure) -> Int {
        switch await vendors.askOnce(reader.resend(batch.map(\.sent)), at: provider) {
        case .done(let count)?: return count
        case .failed(let fault)?:
            throw .unreadable(
                "\(fault.message); the request may have stored lost events, which another one will not count"
            )
        case .unsupported(let reason)?:
            throw .unreadable(reason ?? "\(provider.traits.vendor) does not tell which events are new to it")
        case .ask?, nil: throw .cancelled
        }
    }
}
