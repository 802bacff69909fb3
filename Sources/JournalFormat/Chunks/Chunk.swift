package import Events

/// The events of a group commit, or of a part of a big one, as one piece of bytes.
///
/// ```
/// magic      4 bytes  "TGch"
/// version    2 bytes  2; 1 is read, too, and has plain frames
/// packing    2 bytes  how the frames are kept: `FramePacking`
/// count      4 bytes  how many events
/// length     4 bytes  of all frames together, before they were packed
/// first      8 bytes  sequence number of the first event
/// frames              see `EventFrame`
/// checksum   8 bytes  XXH64 of all before, as it is stored
/// ```
/// Numbers are little-endian.
package enum Chunk {
    /// The layout described here.
    package static let version: UInt16 = 2
    /// The layout that has no packing.
    static let plainVersion: UInt16 = 1
    static let magic: UInt32 = 0x6863_4754
    static let headerBytes = 24
    static let checksumBytes = 8

    /// Reads a chunk back.
    /// - Throws: ``ChunkFault`` if a byte of it has changed, or its numbers mean nothing.
    package static func read(_ bytes: [UInt8], names: some ChunkNames) throws(ChunkFault) -> ChunkEvents {
        try ChunkFrames(stored: bytes).events(names: names)
    }

    struct Header {
        let packing: FramePacking
        let count: Int
        let length: Int
        let first: Int64

        init(_ content: UnsafeRawBufferPointer) throws(ChunkFault) {
            var reader = ByteReader(content)
            guard try reader.fixed(UInt32.self) == Chunk.magic else { throw .malformed }
            let version = try reader.fixed(UInt16.self)
            guard version == Chunk.version || version == Chunk.plainVersion else {
                throw .unknownVersion(Int(version))
            }
            let number = try reader.fixed(UInt16.self)
            guard let packing = version == Chunk.plainVersion ? .plain : FramePacking(rawValue: number) else {
                throw .unknownPacking(Int(number))
            }
            self.packing = packing
            count = Int(try reader.fixed(UInt32.self))
            length = Int(try reader.fixed(UInt32.self))
            first = try reader.fixed(Int64.self)
            guard count <= length / EventFrame.lengthBytes else { throw .malformed }
            guard (0...SequenceNumber.largest.rawValue).contains(first) else { throw .malformed }
        }
    }
}

/// The events of a chunk, read.
package struct ChunkEvents: Sendable {
    package let first: SequenceNumber
    package let events: [AcceptedEvent]
    /// How many bytes each event takes in the journal.
    package let sizes: [Int]

    /// - Precondition: there is one size per event.
    package init(first: SequenceNumber, events: [AcceptedEvent], sizes: [Int]) {
        precondition(events.count == sizes.count, "every event has a size")
        self.first = first
        self.events = events
        self.sizes = sizes
    }

    /// The sequence number of the last event; the one before ``first`` if there is no event.
    package var last: SequenceNumber { first.advanced(by: events.count - 1) }
}

/// Why the bytes of a chunk cannot be read.
package enum ChunkFault: Error, Equatable, Sendable {
    case truncated
    case checksum
    case malformed
    case unknownVersion(Int)
    case unknownPacking(Int)
    case unknownOrigin(UInt64)
    case unknownPlan(UInt64)
    /// The chunk belongs to other sequence numbers than those it is kept under.
    case misplaced(first: Int64, count: Int)

    /// One clause for people: "the checksum does not match".
    package var reason: String {
        switch self {
        case .truncated: "the chunk ends too early"
        case .checksum: "the checksum does not match"
        case .malformed: "the checksum matches, but the content is not a chunk"
        case .unknownVersion(let version): "the chunk has layout \(version), which this version does not know"
        case .unknownPacking(let number): "the chunk has packing \(number), which this version does not know"
        case .unknownOrigin(let number): "the chunk names origin \(number), which is not in its table"
        case .unknownPlan(let number): "the chunk names plan \(number), which is not in its table"
        case .misplaced(let first, let count): "the chunk has \(count) events from \(first), which is not its position"
        }
    }
}
