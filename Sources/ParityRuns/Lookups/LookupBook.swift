import Events
import Journal
import Parity
import Routing

/// What was seen so far of deliveries that are looked up: at most ``mostPerProvider`` of a provider.
struct LookupBook {
    static let mostPerProvider = 500

    private var lookups: [ProviderName: [SequenceNumber: OutcomeLookup]] = [:]
    private var stores: [ProviderName: String] = [:]
    /// Up to where each provider's absent deliveries were gone through; none: the next pass begins at the oldest.
    var absentThrough: [ProviderName: DeliveryCursor] = [:]

    /// An event has one delivery at a provider, by its plan or by a lane.
    subscript(sequence: SequenceNumber, provider: ProviderName) -> OutcomeLookup? {
        get { lookups[provider]?[sequence] }
        set { lookups[provider, default: [:]][sequence] = newValue }
    }

    /// Forgets the deliveries that nobody waits for any more.
    mutating func keepOnly(_ sequences: [SequenceNumber], at provider: ProviderName) {
        let waiting = Set(sequences)
        lookups[provider] = lookups[provider]?.filter { waiting.contains($0.key) }
    }

    /// Notes where the vendor keeps its events, if it has shown one.
    mutating func noteStore(of shown: [VendorEvent], at provider: ProviderConfiguration) {
        guard let reader = provider.adapter.reader else { return }
        if let store = shown.lazy.compactMap({ reader.store(of: $0) }).first { stores[provider.name] = store }
    }

    /// Whether the vendor is known to show an event as soon as it has it.
    func isImmediate(_ provider: ProviderConfiguration) -> Bool {
        guard let store = stores[provider.name] else { return false }
        return provider.traits.reads?.immediateStore == store
    }
}
