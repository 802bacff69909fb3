package import Events
package import Journal

/// A piece of the journal as a lane walks over it.
package struct LaneStretch: Sendable {
    /// The walk comes from here.
    package let start: Int64
    package private(set) var stretch: Stretch
    /// Where the lane's events go: one list for each chunk of the stretch, with a place for each of its events.
    package private(set) var destinations: [[Destination?]] = []
    /// How many events of it are the lane's.
    package private(set) var ownEvents = 0

    /// Nothing after this position yet.
    package init(after position: Int64) {
        start = position
        stretch = Stretch(end: position)
    }

    /// Goes on after what is read up to here.
    package mutating func advance(to end: Int64) {
        stretch.end = max(stretch.end, end)
    }

    /// Adds a chunk.
    /// - Parameter places: where those of its events go that are the lane's; nil for others.
    package mutating func add(_ chunk: ChunkEvents, _ places: [Destination?]) {
        stretch.chunks.append(chunk)
        destinations.append(places)
        ownEvents += places.count { $0 != nil }
    }

    /// The lane's events at these places, claimed.
    package func deliveries(at places: [Stretch.Index]) -> [ClaimedDelivery] {
        var deliveries: [ClaimedDelivery] = []
        deliveries.reserveCapacity(places.count)
        for place in places {
            guard let destination = destinations[place.chunk][place.event] else { continue }
            deliveries.append(
                ClaimedDelivery(
                    sequence: stretch.sequence(at: place),
                    event: stretch.chunks[place.chunk].events[place.event],
                    destination: destination,
                    attempts: 0
                )
            )
        }
        return deliveries
    }
}
