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
            var position = JournalPosition.start
            while true {
                let piece = try await reopened.events(after: position, of: "shop", limit: 4)
                ids += piece.events.map(\.event.event.id.rawValue)
                if let last = piece.events.last {
                    try expect(last.position.isCovered(by: piece.through), true, "a place")
                }
                guard !piece.through.isCovered(by: position) else { break }
                position = piece.through
            }
            try expect(ids, (1...5).flatMap { ["a\($0)", "c\($0)"] }, "all of the tenant, once, in order")
            try expect(position, try await reopened.newestPosition(), "the end")
            let bank = try await reopened.events(after: .start, of: "bank", limit: 100)
            let rest = try await reopened.events(after: bank.events[3].position, of: "bank", limit: 100)
            try expect(rest.events.map(\.event.event.id), ["b5"], "from behind an event within a commit")
            let text = try require(JournalPosition(bank.events[3].position.text), "a position that was written as text")
            try expect(text, bank.events[3].position, "the position that was read back")
            return reopened
        },
        StoreCheck("passes over what retention has removed") { store, _ in
            try await store.store(Sample.events(1...3))
            let sequences = try await store.claimAll(for: "lago").sequences
            try await store.settleDelivered(sequences, at: "lago")
            _ = try await store.removeSettled(acceptedBefore: Sample.accepted + .seconds(1))
            let piece = try await store.events(after: .start, of: "shop", limit: 100)
            try expect(piece.events.count, 0, "nothing is left")
            try expect(piece.through, try await store.newestPosition(), "the end")
            return store
        },
    ]
}
