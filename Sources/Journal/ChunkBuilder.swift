package import Events

/// Joins frames to a chunk.
package struct ChunkBuilder: Sendable {
    package let first: SequenceNumber
    package private(set) var count = 0
    private var bytes: [UInt8]

    /// - Parameter capacity: how many bytes of frames to expect.
    package init(first: SequenceNumber, capacity: Int) {
        self.first = first
        bytes = []
        bytes.reserveCapacity(capacity + Chunk.headerBytes + Chunk.checksumBytes)
        bytes.append(contentsOf: repeatElement(0, count: Chunk.headerBytes))
    }

    /// How many bytes of frames are in it.
    package var frameBytes: Int { bytes.count - Chunk.headerBytes }

    /// Puts frames behind those that are there.
    package mutating func append(_ frames: ArraySlice<UInt8>, count added: Int) {
        bytes.append(contentsOf: frames)
        count += added
    }

    /// The whole chunk.
    package consuming func finish() -> [UInt8] {
        let length = frameBytes
        var bytes = bytes
        bytes.withUnsafeMutableBytes { memory in
            var writer = ByteWriter(into: memory)
            writer.fixed(Chunk.magic)
            writer.fixed(Chunk.version)
            writer.fixed(UInt16(0))
            writer.fixed(UInt32(count))
            writer.fixed(UInt32(length))
            writer.fixed(first.rawValue)
        }
        let checksum = Checksum.of(bytes)
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }
}
