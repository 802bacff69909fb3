import Events
import Journal
import Parity
import Routing

/// A delivery as it was sent, which a look at its vendor is about.
struct SentDelivery: Sendable {
    let wanted: WantedEvent
    /// Whether the vendor shows which event a row is: by its ID, or by a property that carries it. If not, a row that says the same may be
    /// another event.
    let isToldApart: Bool
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
        let rules = reader.comparison(of: [], sentWith: [destination.settings])
        isToldApart = rules.identity != nil || !rules.idProperties.isEmpty
        self.reader = reader
        self.destination = destination
    }

    /// Whether the vendor shows another event of the journal under the same name, customer and time, and does not tell which is which.
    func hasTwin(_ other: ArchivedEvent, _ lanes: [LaneNumber: any LaneMembership]) -> Bool {
        guard !isToldApart, let known = wanted.known, other.event.customerID?.exact == known.customerID?.exact,
            let there = other.destination(at: destination.provider, lanes)
        else { return false }
        return other.event.timestamp == known.timestamp
            && there.name(for: other.event.name).exact == destination.name(for: known.name).exact
    }

    /// What the vendor shows of it.
    func sighting(among shown: [VendorEvent]) -> LookupSighting {
        let rules = reader.comparison(of: shown, sentWith: [destination.settings])
        return LookupSighting(of: echo, among: shown, by: rules)
    }
}
