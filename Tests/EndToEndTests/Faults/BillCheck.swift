import TestSupport
import Testing

/// Lets the gateway finish with vendors that are well, and holds every bill against what was acknowledged.
struct BillCheck {
    let stage: Stage
    let seed: UInt64
    /// By vendor.
    var poisoned: [String: PoisonedEvents] = [:]
    /// Vendors that refused requests as if for the account, at random: they may have rejected good events.
    var refusingAtRandom: Set<String> = []

    static let vendors = ["lago", "polar", "flexprice", "knetik"]
    /// Those that recognize a repeat, so that nothing stays uncertain there.
    private static let deduplicating: Set = ["lago", "polar", "flexprice"]

    /// Waits until the poisoned events are dead letters, while good ones show that the vendors are well.
    func waitForDeadLetters(_ load: Load) async throws {
        for (vendor, poisoned) in poisoned where !poisoned.ids.isEmpty {
            try await waitUntil("the poisoned events were posted (seed \(seed))") {
                poisoned.ids.isSubset(of: load.acknowledged)
            }
            guard !poisoned.isTriedForever else { continue }
            try await waitUntil(
                "the poisoned events (\(poisoned.status)) are dead letters at \(vendor) (seed \(seed))",
                within: .seconds(300)
            ) {
                try await poisoned.ids.isSubset(of: stage.deliveries(vendor, "rejected"))
            }
        }
    }

    /// - Parameter load: has ended.
    func check(_ load: Load) async throws {
        #expect(load.conflicts.isEmpty, "repeats were refused: \(load.conflicts) (seed \(seed))")
        for vendor in Self.vendors {
            let poisoned = poisoned[vendor] ?? PoisonedEvents(ids: [], status: 500)
            do {
                try await waitUntil("nothing else waits for \(vendor) any more (seed \(seed))", within: .seconds(300)) {
                    try await backlog(of: vendor) == triedForever(at: vendor).count
                }
            } catch {
                let state = try await whatWaits(for: vendor)
                throw ProcessFailure(what: "\(error); \(poisoned.ids.count) are poisoned", lines: state)
            }
            let waits = try await triedForever(at: vendor)
            #expect(try await Set(stage.deliveries(vendor, "retrying")) == waits, "at \(vendor) (seed \(seed))")
            let billed = try await stage.billed(vendor)
            let once = Set(billed)
            #expect(once.count == billed.count, "\(vendor) bills an event twice (seed \(seed))")
            #expect(once.isSubset(of: load.attempted), "\(vendor) bills an event that nobody sent (seed \(seed))")
            #expect(once.isDisjoint(with: poisoned.ids), "\(vendor) bills a poisoned event (seed \(seed))")
            let missing = load.acknowledged.subtracting(once).subtracting(waits)
            let rejected = Set(try await stage.deliveries(vendor, "rejected"))
            let uncertain = Set(try await stage.deliveries(vendor, "uncertain"))
            if Self.deduplicating.contains(vendor) {
                #expect(uncertain.isEmpty, "\(vendor) recognizes repeats (seed \(seed))")
                let expected = poisoned.isTriedForever ? [] : poisoned.ids
                if refusingAtRandom.contains(vendor) {
                    #expect(expected.isSubset(of: rejected), "\(vendor) (seed \(seed))")
                } else {
                    #expect(rejected == expected, "\(vendor) rejects what is poisoned, and only that (seed \(seed))")
                }
            }
            // What is not on the bill is where a person can see it, with the reason.
            let lost = missing.subtracting(rejected).subtracting(uncertain)
            #expect(lost.isEmpty, "\(vendor) has lost \(lost.sorted().prefix(5)) (seed \(seed))")
        }
    }

    /// The poisoned events that no dead letter may come of. Where requests were refused at random, one may be among the refused.
    private func triedForever(at vendor: String) async throws -> Set<String> {
        guard let poisoned = poisoned[vendor], poisoned.isTriedForever else { return [] }
        guard refusingAtRandom.contains(vendor) else { return poisoned.ids }
        return poisoned.ids.subtracting(try await stage.deliveries(vendor, "rejected"))
    }

    private func backlog(of vendor: String) async throws -> Int {
        let backlog = try await provider(vendor)["backlog"] as? [String: Any]
        return backlog?["events"] as? Int ?? -1
    }

    private func provider(_ vendor: String) async throws -> [String: Any] {
        let providers = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
        return providers.first { $0["name"] as? String == vendor } ?? [:]
    }

    /// For people: how the provider stands, and the first events that wait for it or are dead letters.
    private func whatWaits(for vendor: String) async throws -> [String] {
        var lines = [String(describing: try await provider(vendor))]
        for statuses in ["pending,retrying", "rejected"] {
            let path = "/v1/deliveries?provider=\(vendor)&status=\(statuses)&limit=10"
            lines.append(try await stage.client.get(path).text)
        }
        return lines
    }
}
