import Events
import Journal

extension StoreBehaviour {
    static let following: [StoreCheck] = [
        StoreCheck("gives a tenant's events behind a number, piece by piece, also after a crash") { store, fixture in
            for number in 1...5 {
                try await store.store([
                    Sample.event("a\(number)"), Sample.event("b\(number)", tenant: "bank"), Sample.event("c\(number)"),
                ])
            }
            let reopened = try await fixture.crash(store)
            var ids: [String] = []
            var position = SequenceNumber(0)
            while true {
                let piece = try await reopened.events(after: position, of: "shop", limit: 4)
                ids += piece.events.map(\.event.id.rawValue)
                guard piece.through > position else { break }
                position = piece.through
            }
            try expect(ids, (1...5).flatMap { ["a\($0)", "c\($0)"] }, "all of the tenant, once, in order")
            try expect(position, reopened.newestSequence, "the end")
            let rest = try await reopened.events(after: SequenceNumber(13), of: "bank", limit: 100)
            try expect(rest.events.map(\.event.id), ["b5"], "from within a commit")
            return reopened
        },
        StoreCheck("passes over what retention has removed") { store, _ in
            try await store.store(Sample.events(1...3))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settleDelivered(sequences, at: "lago")
            _ = try await store.removeSettled(acceptedBefore: Sample.accepted + .seconds(1))
            let piece = try await store.events(after: SequenceNumber(0), of: "shop", limit: 100)
            try expect(piece.events.count, 0, "nothing is left")
            try expect(piece.through, store.newestSequence, "the end")
            return store
        },
    ]
}
