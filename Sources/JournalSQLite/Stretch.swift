import Events
import Journal

/// A piece of the journal as one provider walks over it.
struct Stretch: Sendable {
    /// An event of the stretch.
    struct Place: Sendable, Equatable {
        let chunk: Int
        let event: Int
    }

    /// Chunks in journal order. Between them may be chunks that do not name the provider, damaged ones, and gaps.
    var chunks: [ChunkEvents] = []
    /// The walk may pass over everything up to here.
    var end: Int64
    /// How many events of the provider are in damaged chunks of the stretch.
    var damagedEvents = 0

    func sequence(at place: Place) -> SequenceNumber {
        chunks[place.chunk].first.advanced(by: place.event)
    }
}
