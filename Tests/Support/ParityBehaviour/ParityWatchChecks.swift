import Events
import Parity

extension ParityBehaviour {
    static let watches: [ParityCheck] = [
        ParityCheck("keeps how far watching a provider is, the newest only, over a restart") { storage, fixture in
            try expect(try await storage.watchState(.verify, of: "polar"), nil, "before the first")
            try await storage.save([1, 0, 255], .verify, of: "polar")
            try await storage.save([2], .canary, of: "polar")
            try await storage.save([3], .verify, of: "lago")
            try await storage.save([], .verify, of: "polar")
            try await storage.save([1, 0, 254], .verify, of: "polar")
            let reopened = try await fixture.restart(storage)
            try expect(try await reopened.watchState(.verify, of: "polar"), [1, 0, 254], "the newest")
            try expect(try await reopened.watchStates(.verify), ["polar": [1, 0, 254], "lago": [3]], "all of a kind")
            try expect(try await reopened.watchStates(.canary), ["polar": [2]], "all of the other")
            return reopened
        }
    ]
}
