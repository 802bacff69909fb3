import TestSupport
import Testing

/// Calms the vendors, lets the gateway finish, and holds every bill against what was acknowledged.
struct BillCheck {
    let stage: Stage
    let seed: UInt64
    static let vendors = ["lago", "polar", "flexprice", "knetik"]

    /// - Parameter poisoned: an event that a vendor cannot take, whose place is among the dead letters there.
    func check(_ load: Load, poisoned: (vendor: String, id: String)? = nil) async throws {
        for vendor in Self.vendors {
            let poison = poisoned.map { $0.vendor == vendor ? #"{"poison":["\#($0.id)"]}"# : "{}" } ?? "{}"
            try await stage.setFaults(vendor, poison)
        }
        for vendor in Self.vendors {
            try await waitUntil("nothing waits for \(vendor) any more (seed \(seed))", within: .seconds(120)) {
                try await backlog(of: vendor) == 0
            }
            let billed = try await stage.billed(vendor)
            let once = Set(billed)
            #expect(once.count == billed.count, "\(vendor) bills an event twice (seed \(seed))")
            #expect(once.isSubset(of: load.attempted), "\(vendor) bills an event that nobody sent (seed \(seed))")
            // What is not on the bill is where a person can see it, with the reason.
            let shown = Set(try await stage.deliveries(vendor, "rejected,uncertain"))
            let lost = load.acknowledged.subtracting(once).subtracting(shown)
            #expect(lost.isEmpty, "\(vendor) has lost \(lost.sorted().prefix(5)) (seed \(seed))")
        }
        if let poisoned {
            let dead = try await stage.deliveries(poisoned.vendor, "rejected")
            #expect(dead.contains(poisoned.id), "the poisoned event is a dead letter (seed \(seed))")
        }
    }

    private func backlog(of vendor: String) async throws -> Int {
        let providers = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
        let backlog = providers.first { $0["name"] as? String == vendor }?["backlog"] as? [String: Any]
        return backlog?["events"] as? Int ?? -1
    }
}
