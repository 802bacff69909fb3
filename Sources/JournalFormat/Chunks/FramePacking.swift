import CLZ4

/// How the frames of a chunk are kept.
///
/// The events of a commit have most of their JSON in common, so that a fast compression makes a third or less of them, and every
/// byte less is written twice less: to SQLite's log and to its file.
enum FramePacking: UInt16 {
    /// As they are, because they do not become smaller.
    case plain = 0
    /// One block of LZ4 (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md).
    case lz4 = 1

    /// The most that one byte of an LZ4 block stands for: no length in its header is believed beyond it.
    private static let mostBytesPerByte = 255

    /// Packs frames with LZ4 into memory that need not be large enough.
    /// - Returns: how many bytes the block has; nil if it has more than there is room for.
    static func packed(_ frames: UnsafeRawBufferPointer, into memory: UnsafeMutableRawBufferPointer) -> Int? {
        guard let source = frames.baseAddress, let target = memory.baseAddress,
            let size = Int32(exactly: frames.count), size <= LZ4_MAX_INPUT_SIZE,
            let room = Int32(exactly: memory.count)
        else { return nil }
        let written = LZ4_compress_default(
            source.assumingMemoryBound(to: CChar.self),
            target.assumingMemoryBound(to: CChar.self),
            size,
            room
        )
        return written > 0 ? Int(written) : nil
    }

    /// Gives back what ``packed(_:into:)`` has packed.
    /// - Parameter length: how many bytes the frames have, if the chunk is whole.
    static func unpacked(_ block: UnsafeRawBufferPointer, length: Int) throws(ChunkFault) -> [UInt8] {
        guard let source = block.baseAddress, let size = Int32(exactly: block.count), let room = Int32(exactly: length),
            length <= block.count * mostBytesPerByte
        else { throw .malformed }
        let frames = [UInt8](unsafeUninitializedCapacity: length) { memory, count in
            guard let target = memory.baseAddress else { return }
            let written = LZ4_decompress_safe(
                source.assumingMemoryBound(to: CChar.self),
                UnsafeMutableRawPointer(target).assumingMemoryBound(to: CChar.self),
                size,
                room
            )
            count = max(0, Int(written))
        }
        guard frames.count == length else { throw .malformed }
        return frames
    }
}
