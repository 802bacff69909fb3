package import Events

/// The frames of a chunk, out of whatever packing they were kept in.
package struct ChunkFrames: Sendable {
    package let first: SequenceNumber
    package let count: Int
    /// Has the frames, and perhaps other bytes around them.
    private let bytes: [UInt8]
    /// Where the frames are in ``bytes``.
    private let place: Range<Int>

    init(first: SequenceNumber, count: Int, bytes: [UInt8], place: Range<Int>) {
        self.first = first
        self.count = count
        self.bytes = bytes
        self.place = place
    }

    /// Checks a chunk as it is stored, and takes its frames out.
    /// - Throws: ``ChunkFault`` if a byte of it has changed.
    package init(stored: [UInt8]) throws(ChunkFault) {
        let (header, unpacked) = try stored.withUnsafeBufferPointer {
            (buffer) throws(ChunkFault) -> (Chunk.Header, [UInt8]?) in
            let all = UnsafeRawBufferPointer(buffer)
            guard all.count >= Chunk.headerBytes + Chunk.checksumBytes else { throw .truncated }
            let content = UnsafeRawBufferPointer(rebasing: all[..<(all.count - Chunk.checksumBytes)])
            var tail = ByteReader(all, at: content.count)
            guard try tail.fixed(UInt64.self) == Checksum.of(content) else { throw .checksum }
            let header = try Chunk.Header(content)
            let frames = UnsafeRawBufferPointer(rebasing: content[Chunk.headerBytes...])
            switch header.packing {
            case .plain:
                guard header.length == frames.count else { throw .malformed }
                return (header, nil)
            case .lz4:
                return (header, try FramePacking.unpacked(frames, length: header.length))
            }
        }
        self.init(
            first: SequenceNumber(header.first),
            count: header.count,
            bytes: unpacked ?? stored,
            place: unpacked?.indices ?? Chunk.headerBytes..<(stored.count - Chunk.checksumBytes)
        )
    }

    /// How many bytes the frames have.
    package var byteCount: Int { place.count }

    /// Reads all events.
    /// - Throws: ``ChunkFault`` if the frames' numbers mean nothing.
    package func events(names: some ChunkNames) throws(ChunkFault) -> ChunkEvents {
        try withReader { (reader, _) throws(ChunkFault) in
            var events: [AcceptedEvent] = []
            var sizes: [Int] = []
            var submissions = FrameSubmissions(names)
            events.reserveCapacity(count)
            sizes.reserveCapacity(count)
            for _ in 0..<count {
                let start = reader.place
                let event = try EventFrame.read(from: &reader, storage: bytes, of: &submissions)
                events.append(event)
                sizes.append(reader.place - start)
            }
            guard reader.place == place.upperBound else { throw .malformed }
            return ChunkEvents(first: first, events: events, sizes: sizes)
        }
    }

    /// Reads what the events can be found by.
    /// - Throws: ``ChunkFault`` as ``events(names:)`` does, but for what only the fields that are skipped would show.
    package func keys() throws(ChunkFault) -> ChunkKeys {
        try withReader { (reader, _) throws(ChunkFault) in
            var events: [EventKeys] = []
            events.reserveCapacity(count)
            for _ in 0..<count { events.append(try EventFrame.keys(from: &reader)) }
            guard reader.place == place.upperBound else { throw .malformed }
            return ChunkKeys(first: first, events: events, bytes: bytes)
        }
    }

    /// Reads some of the events, and skips the others.
    /// - Parameter offsets: their places in the chunk, ascending.
    /// - Returns: the events in the order of the places; fewer if the chunk has fewer.
    /// - Throws: ``ChunkFault`` as ``events(names:)`` does.
    package func events(at offsets: [Int], names: some ChunkNames) throws(ChunkFault) -> [AcceptedEvent] {
        try withReader { (reader, raw) throws(ChunkFault) in
            var events: [AcceptedEvent] = []
            var index = 0
            for offset in offsets where offset < count {
                while index < offset {
                    try EventFrame.pass(&reader)
                    index += 1
                }
                let start = reader.place
                try EventFrame.pass(&reader)
                index += 1
                // Its own bytes, so that one event does not keep the whole chunk in memory.
                let frame = Array(raw[start..<reader.place])
                events.append(try EventFrame.read(alone: frame, names: names))
            }
            return events
        }
    }

    /// Reads from the first frame on, and never past the last.
    private func withReader<Result>(
        _ body: (inout ByteReader, UnsafeRawBufferPointer) throws(ChunkFault) -> Result
    ) throws(ChunkFault) -> Result {
        try bytes.withUnsafeBufferPointer { (buffer) throws(ChunkFault) -> Result in
            let raw = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<place.upperBound])
            var reader = ByteReader(raw, at: place.lowerBound)
            return try body(&reader, raw)
        }
    }
}
