package import Events

/// What a chunk's events can be found by, read without making the events.
package struct ChunkKeys: Sendable {
    package let first: SequenceNumber
    package let events: [EventKeys]
    /// Where the texts are that the keys point to.
    package let bytes: [UInt8]
}

/// What one event can be found by.
package struct EventKeys: Sendable {
    /// The number of its origin.
    package let origin: UInt64
    /// The number of its plan.
    package let plan: UInt64
    /// Milliseconds since 1970, within ``Timestamp/range``.
    package let timestamp: Int64
    /// Where the texts are in ``ChunkKeys/bytes``; nil if the event has none.
    package let name: Range<Int>
    package let customer: Range<Int>?
    package let subscription: Range<Int>?
    package let source: Range<Int>?
}

extension Chunk {
    /// Reads what the events can be found by.
    /// - Throws: ``ChunkFault`` as ``read(_:names:)`` does, but for what only the fields that are skipped would show.
    package static func keys(_ bytes: [UInt8]) throws(ChunkFault) -> ChunkKeys {
        try ChunkFrames(stored: bytes).keys()
    }
}

extension EventFrame {
    /// Reads the keys of the frame at the reader's place, and moves past the frame.
    static func keys(from reader: inout ByteReader) throws(ChunkFault) -> EventKeys {
        let length = Int(try reader.fixed(UInt32.self))
        let end = reader.place + length
        let fields = Fields(rawValue: try reader.byte())
        let origin = try reader.varying()
        let plan = try reader.varying()
        _ = try reader.counted()
        if fields.contains(.scope) { _ = try reader.counted() }
        let name = try reader.counted()
        let customer = fields.contains(.customer) ? try reader.counted() : nil
        let subscription = fields.contains(.subscription) ? try reader.counted() : nil
        let source = fields.contains(.source) ? try reader.counted() : nil
        // As the event has it: a day or a window is calculated from it.
        let timestamp = Timestamp(milliseconds: try reader.signed()).milliseconds
        guard reader.place <= end else { throw .malformed }
        try reader.skip(to: end)
        return EventKeys(
            origin: origin,
            plan: plan,
            timestamp: timestamp,
            name: name,
            customer: customer,
            subscription: subscription,
            source: source
        )
    }

    /// Moves past the frame at the reader's place.
    static func pass(_ reader: inout ByteReader) throws(ChunkFault) {
        let length = Int(try reader.fixed(UInt32.self))
        try reader.skip(to: reader.place + length)
    }

    /// Reads a frame that stands by itself.
    static func read(alone frame: [UInt8], names: some ChunkNames) throws(ChunkFault) -> AcceptedEvent {
        try frame.withUnsafeBufferPointer { (buffer) throws(ChunkFault) -> AcceptedEvent in
            var reader = ByteReader(UnsafeRawBufferPointer(buffer))
            var submissions = FrameSubmissions(names)
            return try read(from: &reader, storage: frame, of: &submissions)
        }
    }
}
