import Events
import Foundation
import GRDB
import Journal
import JournalFormat

/// A row of the table `chunks`. The blob is read only when it is asked for.
struct ChunkRow {
    let first: Int64
    /// How many events it has; 1 if the row says something impossible, so that it is read, and found damaged.
    let count: Int64
    /// How many of its events each provider gets, by the provider's number.
    let providers: ProviderCounts
    private let row: Row

    static let columns = "first, count, providers, content, accepted_first, accepted_last"

    /// - Parameter row: has the ``columns``, and is the cursor's current one.
    init(_ row: Row) throws {
        self.row = row
        first = try row.number(0)
        let stored: Int64 = try row.value(1)
        count = (1...SequenceNumber.largest.rawValue).contains(stored) ? stored : 1
        providers = try row.withUnsafeData(atIndex: 2) { ProviderCounts(decoding: $0.map(Array.init) ?? []) }
    }

    var last: Int64 { first + count - 1 }

    /// The earliest and the latest time of acceptance, in milliseconds.
    func accepted() throws -> ClosedRange<Int64> {
        let (start, end): (Int64, Int64) = try (row.value(4), row.value(5))
        return min(start, end)...max(start, end)
    }

    /// How many bytes the blob has.
    func contentBytes() throws -> Int { try row.withUnsafeData(atIndex: 3) { $0?.count ?? 0 } }

    /// The blob.
    func content() throws -> [UInt8] {
        try row.withUnsafeData(atIndex: 3) { $0.map(Array.init) ?? [] }
    }

    /// Reads and checks what the events can be found by.
    func keys(names: NameTable) throws -> Result<ChunkKeys, ChunkFault> {
        let content = try content()
        do throws(ChunkFault) {
            let keys = try Chunk.keys(content)
            guard keys.first.rawValue == first, keys.events.count == count else {
                throw .misplaced(first: keys.first.rawValue, count: keys.events.count)
            }
            var last: EventKeys?
            for event in keys.events {
                // The chunk could not be read as events either.
                if event.origin != last?.origin { _ = try names.origin(event.origin) }
                if event.plan != last?.plan { _ = try names.plan(event.plan) }
                last = event
            }
            return .success(keys)
        } catch {
            return .failure(error)
        }
    }

    /// Reads and checks some of the events.
    /// - Parameter offsets: their places in the chunk, ascending.
    func events(at offsets: [Int], names: NameTable) throws -> Result<[AcceptedEvent], ChunkFault> {
        let content = try content()
        do throws(ChunkFault) {
            return .success(try ChunkFrames(stored: content).events(at: offsets, names: names))
        } catch {
            return .failure(error)
        }
    }

    /// Reads and checks the events.
    func events(names: NameTable) throws -> Result<ChunkEvents, ChunkFault> {
        let bytes = try content()
        do throws(ChunkFault) {
            let events = try Chunk.read(bytes, names: names)
            guard events.first.rawValue == first, events.events.count == count else {
                throw .misplaced(first: events.first.rawValue, count: events.events.count)
            }
            return .success(events)
        } catch {
            return .failure(error)
        }
    }
}

/// How many events of a chunk each provider gets: pairs of provider number and count, each as 4 bytes, little-endian.
struct ProviderCounts: Sendable, Equatable {
    private(set) var counts: [(provider: Int64, events: Int)] = []

    init() {}

    init(decoding bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            for place in stride(from: 0, through: bytes.count - 8, by: 8) {
                let provider = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
                let events = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self))
                counts.append((Int64(provider), Int(events)))
            }
        }
    }

    var encoded: Data {
        var data = Data(capacity: counts.count * 8)
        for (provider, events) in counts {
            withUnsafeBytes(of: UInt32(provider).littleEndian) { data.append(contentsOf: $0) }
            withUnsafeBytes(of: UInt32(events).littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    func events(for provider: Int64) -> Int {
        counts.first { $0.provider == provider }?.events ?? 0
    }

    mutating func add(_ events: Int, for provider: Int64) {
        if let index = counts.firstIndex(where: { $0.provider == provider }) {
            counts[index].events += events
        } else {
            counts.append((provider, events))
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.counts.elementsEqual(right.counts) { $0 == $1 }
    }
}
