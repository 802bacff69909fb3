import Events
import JournalFormat

/// What ``Statement/append(_:into:)`` and ``Statement/appendUnlessKnown(_:into:)`` are given.
struct AppendParameters {
    let form: AppendForm
    let parameters: [Parameter]

    init(_ group: ChunkGroup, _ decision: GroupDecision, _ lease: SlotLease) {
        let fence: [Parameter] = [.int2(lease.slot), .int8(lease.epoch), .int8(lease.node)]
        guard group.chunks.count == 1, let chunk = group.chunks.first else {
            form = .chunks
            parameters = fence + Self.keys(group, decision) + Self.arrays(group.chunks)
            return
        }
        if decision.accepted.count == 1, let event = decision.accepted.first {
            form = .event
            parameters =
                fence + [.int8(event.key), .int8(chunk.events.first.rawValue), .int8(chunk.accepted.lowerBound)]
                + Self.content(chunk)
        } else {
            form = .chunk
            parameters =
                fence + Self.keys(group, decision)
                + [
                    .int8(chunk.events.first.rawValue), .int2(Int16(chunk.events.events.count)),
                    .int8(chunk.accepted.lowerBound), .int8(chunk.accepted.upperBound),
                ] + Self.content(chunk)
        }
    }

    private static func keys(_ group: ChunkGroup, _ decision: GroupDecision) -> [Parameter] {
        // Two appends with common keys wait for each other in the same order.
        let offered = decision.accepted.indices.sorted { decision.accepted[$0].key < decision.accepted[$1].key }
        return [
            .int8s(offered.map { decision.accepted[$0].key }),
            .int4s(offered.map { Int32($0) }),
            .int8s(offered.map { group.numbers[$0] }),
        ]
    }

    private static func content(_ chunk: WrittenChunk) -> [Parameter] {
        [
            .int4s(chunk.accounts.map(\.number)), .int2s(chunk.accounts.map(\.events)), .bytea(chunk.content),
        ]
    }

    private static func arrays(_ chunks: [WrittenChunk]) -> [Parameter] {
        [
            .int8s(chunks.map(\.events.first.rawValue)),
            .int2s(chunks.map { Int16($0.events.events.count) }),
            .int8s(chunks.map(\.accepted.lowerBound)),
            .int8s(chunks.map(\.accepted.upperBound)),
            .texts(chunks.map { literal($0.accounts.map { Int64($0.number) }) }),
            .texts(chunks.map { literal($0.accounts.map { Int64($0.events) }) }),
            .byteas(chunks.map(\.content)),
        ]
    }

    private static func literal(_ numbers: [Int64]) -> String {
        "{" + numbers.map { "\($0)" }.joined(separator: ",") + "}"
    }
}
