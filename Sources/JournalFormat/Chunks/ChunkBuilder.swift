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

    /// Puts frames after those that are there.
    package mutating func append(_ frames: ArraySlice<UInt8>, count added: Int) {
        bytes.append(contentsOf: frames)
        count += added
    }

    /// The whole chunk, with its frames as they are.
    package consuming func finish() -> [UInt8] {
        let length = frameBytes
        var bytes = bytes
        bytes.withUnsafeMutableBytes { writeHeader(to: $0, packing: .plain, length: length) }
        let checksum = Checksum.of(bytes)
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// The whole chunk, with its frames packed if that makes them smaller.
    package consuming func finishPacked() -> FinishedChunk {
        let length = frameBytes
        var isSmaller = true
        let stored = [UInt8](unsafeUninitializedCapacity: bytes.count + Chunk.checksumBytes) { memory, count in
            let memory = UnsafeMutableRawBufferPointer(memory)
            let end = bytes.withUnsafeBytes { all in
                FramePacking.packed(
                    UnsafeRawBufferPointer(rebasing: all[Chunk.headerBytes...]),
                    into: UnsafeMutableRawBufferPointer(rebasing: memory[Chunk.headerBytes..<bytes.count])
                )
            }
            guard let end, end < length else {
                isSmaller = false
                return
            }
            writeHeader(to: memory, packing: .lz4, length: length)
            let content = UnsafeRawBufferPointer(rebasing: memory[..<(Chunk.headerBytes + end)])
            memory.storeBytes(of: Checksum.of(content).littleEndian, toByteOffset: content.count, as: UInt64.self)
            count = content.count + Chunk.checksumBytes
        }
        let (first, count) = (first, count)
        let whole = isSmaller ? bytes : finish()
        return FinishedChunk(
            stored: isSmaller ? stored : whole,
            frames: ChunkFrames(
                first: first,
                count: count,
                bytes: whole,
                place: Chunk.headerBytes..<(Chunk.headerBytes + length)
            )
        )
    }

    private func writeHeader(to memory: UnsafeMutableRawBufferPointer, packing: FramePacking, length: Int) {
        var writer = ByteWriter(into: memory)
        writer.fixed(Chunk.magic)
        writer.fixed(Chunk.version)
        writer.fixed(packing.rawValue)
        writer.fixed(UInt32(count))
        writer.fixed(UInt32(length))
        writer.fixed(first.rawValue)
    }
}

/// A chunk as it goes to the disk, and its frames as they were before.
package struct FinishedChunk: Sendable {
    package let stored: [UInt8]
    package let frames: ChunkFrames
}
