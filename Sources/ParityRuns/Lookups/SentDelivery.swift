import Events
import Journal
import Parity
import Routing

/// A delivery as it was sent, which a look at its vendor is about.
struct SentDelivery: Sendable {
    let wanted: WantedEvent
    /// As the vendor would show it.
    private let echo: VendorEvent
    private let reader: any VendorReader
    private let destination: Destination

    /// - Parameter lanes: by which some deliveries were sent.
    /// - Returns: nil if nobody can say any more what was sent, or if the vendor cannot be read.
    init?(
        _ event: AcceptedEvent,
        _ delivery: Delivery,
        at provider: ProviderConfiguration,
        _ lanes: [LaneNumber: any LaneMembership]
    ) {
        guard let destination = delivery.destination(of: event, lanes),
            destination.adapter == provider.traits.adapter, let reader = provider.adapter.reader
        else { return nil }
        do throws(Untranslatable) {
            let translated = try provider.adapter.translate(event, for: destination)
            guard let echo = reader.echo(of: translated) else { return nil }
            self.echo = echo
        } catch {
            return nil
        }
        wanted = WantedEvent(id: event.id, known: event, destination: destination)
        self.reader = reader
        self.destination = destination
    }

    /// What the vendor shows of it.
    func sighting(among shown: [VendorEvent]) -> LookupSighting {
        let rules = reader.comparison(of: shown, sentWith: [destination.settings])
        return LookupSighting(of: echo, among: shown, by: rules)
    }
}
