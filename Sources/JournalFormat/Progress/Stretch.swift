package import Events

/// A piece of the journal as one provider walks over it.
package struct Stretch: Sendable {
    /// An event of the stretch.
    package struct Index: Sendable, Equatable {
        package let chunk: Int
        package let event: Int
    }

    /// Chunks in journal order. Between them may be chunks that do not name the provider, damaged ones, and gaps.
    package var chunks: [ChunkEvents]
    /// The walk may skip everything up to here.
    package var end: Int64
    /// How many events of the provider are in the damaged chunk that the stretch is; 0 if it is none.
    package var damagedEvents: Int

    package init(chunks: [ChunkEvents] = [], end: Int64, damagedEvents: Int = 0) {
        self.chunks = chunks
        self.end = end
        self.damagedEvents = damagedEvents
    }

    /// The number of an event of the stretch.
    package func sequence(at place: Index) -> SequenceNumber {
        chunks[place.chunk].first.advanced(by: place.event)
    }
}
