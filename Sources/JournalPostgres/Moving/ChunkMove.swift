import Events
import Journal
import JournalFormat

/// Moves chunks byte for byte, and makes the identities of their events.
struct ChunkMove: Sendable {
    let source: any MovableEvents
    let connection: PostgresConnection
    let keys: IdentityKeys

    /// The part of the identities that has all events that were moved; those that are accepted here begin with the next.
    static let part: Int32 = 0
    private static let bytesPerCommit = 2 << 20

    /// What was moved in one commit.
    struct Step: Sendable {
        let last: Int64
        /// Chunks that cannot be read. Nobody can find their events by an id here either.
        let damaged: [(chunk: MovedChunk, reason: String)]
    }

    /// Moves the next chunks after a number.
    /// - Parameter end: no event after it is moved; the names in later ones might not be known yet.
    /// - Returns: nil if there are none.
    func step(after number: Int64, upTo end: Int64, _ names: NameTable) async throws(StoreError) -> Step? {
        let chunks = try await source.movedChunks(after: number, limitBytes: Self.bytesPerCommit)
            .filter { $0.last <= end }
        guard let last = chunks.last else { return nil }
        var (events, damaged): ([(Int64, AcceptedEvent)], [(MovedChunk, String)]) = ([], [])
        for chunk in chunks {
            do throws(ChunkFault) {
                let read = try Chunk.read(chunk.content, names: names)
                guard read.first.rawValue == chunk.first, read.events.count == chunk.count else {
                    throw .misplaced(first: read.first.rawValue, count: read.events.count)
                }
                for (offset, event) in read.events.enumerated() { events.append((chunk.first + Int64(offset), event)) }
            } catch {
                damaged.append((chunk, error.reason))
            }
        }
        try await store(chunks, events)
        return Step(last: last.last, damaged: damaged)
    }

    /// Stores chunks and identities in one commit.
    private func store(_ chunks: [MovedChunk], _ events: [(Int64, AcceptedEvent)]) async throws(StoreError) {
        let parameters: [Parameter] = [
            .int8s(chunks.map(\.first)), .int2s(chunks.map { Int16(clamping: $0.count) }),
            .int8s(chunks.map(\.acceptedFirst)), .int8s(chunks.map(\.acceptedLast)),
            .texts(chunks.map { Self.array($0.accounts) }), .texts(chunks.map { Self.array($0.counts) }),
            .byteas(chunks.map(\.content)),
        ]
        var ordinals = [Int](repeating: 0, count: events.count)
        do throws(PostgresFailure) {
            while true {
                let keys = zip(events, ordinals).map { self.keys.key(of: $0.1, $1) }
                let identities: [Parameter] = [.int8s(keys), .int8s(events.map(\.0))]
                do throws(PostgresFailure) {
                    try await connection.transaction([
                        (.moveChunks, parameters), (.moveIdentities(into: Self.part), identities),
                    ])
                    return
                } catch {
                    // Another identity has the key: one event of a journal in millions.
                    guard error.isRefusal(.uniqueViolation), try await resolve(keys, &ordinals) else { throw error }
                }
            }
        } catch {
            throw .failed(reason: error.reason)
        }
    }

    /// Gives events their next keys whose keys are taken.
    /// - Returns: whether there are any.
    private func resolve(_ keys: [Int64], _ ordinals: inout [Int]) async throws(PostgresFailure) -> Bool {
        let rows = try await connection.run(.readIdentities(in: Self.part), [.int8s(keys)])
        var (taken, isChanged) = (Set(rows.map { $0.integer(0) }), false)
        for (index, key) in keys.enumerated() where !taken.insert(key).inserted {
            ordinals[index] += 1
            isChanged = true
        }
        return isChanged
    }

    private static func array(_ numbers: [some BinaryInteger]) -> String {
        "{" + numbers.map { "\($0)" }.joined(separator: ",") + "}"
    }
}
