import Events
import JournalFormat

/// What ``Statement/append(into:)`` and ``Statement/appendUnlessKnown(into:)`` are given.
struct AppendParameters {
    let parameters: [Parameter]

    init(_ group: ChunkGroup, _ decision: GroupDecision, _ lease: SlotLease) {
        // Two appends with common keys wait for each other in the same order.
        let offered = decision.accepted.indices.sorted { decision.accepted[$0].key < decision.accepted[$1].key }
        let chunks = group.chunks
        parameters = [
            .int2(lease.slot), .int8(lease.epoch), .int8(lease.node),
            .int8s(offered.map { decision.accepted[$0].key }),
            .int4s(offered.map { Int32($0) }),
            .int8s(offered.map { group.numbers[$0] }),
            .int8s(chunks.map(\.events.first.rawValue)),
            .int2s(chunks.map { Int16($0.events.events.count) }),
            .int8s(chunks.map(\.accepted.lowerBound)),
            .int8s(chunks.map(\.accepted.upperBound)),
            .texts(chunks.map { Self.literal($0.accounts.map { Int64($0.number) }) }),
            .texts(chunks.map { Self.literal($0.accounts.map { Int64($0.events) }) }),
            .byteas(chunks.map(\.content)),
        ]
    }

    private static func literal(_ numbers: [Int64]) -> String {
        "{" + numbers.map { "\($0)" }.joined(separator: ",") + "}"
    }
}
