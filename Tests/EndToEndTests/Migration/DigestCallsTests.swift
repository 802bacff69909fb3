import Foundation
import TestSupport
import Testing

/// What a comparison by digest costs, by the vendors' own count of calls: a small part of a full one while there is little to find, and
/// hardly more than a full one ever.
@Suite struct DigestCallsTests {
    private static let vendors = ["lago", "polar"]
    /// Lago is asked about each of the three names and seven subscriptions of the events as well, and Polar about its meters, whatever the level.
    private static let questions = ["lago": 10, "polar": 1]

    /// How many parts of 33 pages are counted first.
    private static func cells(_ count: Int) -> Int { (count + 3299) / 3300 }

    /// How many reads each vendor gets from a comparison, without those of parts that were drawn by lot: how many these are differs from run
    /// to run.
    private func reads(_ migration: Migration, _ level: String, sample: Int) async throws -> [String: Int] {
        var before: [String: Int] = [:]
        for vendor in Self.vendors { before[vendor] = try await migration.calls(vendor)["reads"] }
        let (_, run) = try await migration.compare(Self.vendors, level: level, sample: sample)
        #expect(run["state"] as? String == "finished", "\(run)")
        var reads: [String: Int] = [:]
        for vendor in Self.vendors {
            reads[vendor] = (try await migration.calls(vendor)["reads"] ?? 0) - (before[vendor] ?? 0)
        }
        for report in run["providers"] as? [[String: Any]] ?? [] {
            let made = (report["calls"] as? [String: Int])?["made"]
            let vendor = report["provider"] as? String ?? ""
            #expect(made == reads[vendor], "it counts its own calls rightly: \(report)")
            // A page each.
            reads[vendor, default: 0] -= report["sampled_parts"] as? Int ?? 0
        }
        for (vendor, questions) in Self.questions { reads[vendor, default: 0] -= questions }
        return reads
    }

    /// - Parameters:
    ///   - lost: the probability that a vendor loses an event.
    ///   - body: gets the reads of a digest and of a full comparison by vendor.
    private func compare(
        _ count: Int,
        lost: Double,
        _ body: (_ digest: [String: Int], _ full: [String: Int]) throws -> Void
    ) async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(Self.vendors)
            try await migration.stage.withGateway { _ async throws in
                for vendor in Self.vendors { try await migration.setSettings(vendor, #"{"lose":\#(lost),"seed":5}"#) }
                try await migration.send(0..<count)
                try await migration.waitForDeliveries(Self.vendors)
                // Of a million events the standard sample is a few in a thousand.
                let sample = max(1, count * 3 / 1000)
                let digest = try await reads(migration, "digest", sample: sample)
                try body(digest, try await reads(migration, "full", sample: sample))
            }
        }
    }

    @Test func `takes under a twentieth of the calls where all is equal`() async throws {
        try await compare(Migration.events(10_000), lost: 0) { digest, full in
            for vendor in Self.vendors {
                let (some, all) = (digest[vendor] ?? .max, full[vendor] ?? 0)
                #expect(some > 0 && some * 20 < all, "\(vendor): \(some) of \(all)")
            }
        }
    }

    @Test func `takes under a fifth of the calls where a few events are lost`() async throws {
        // A few in a hundred thousand, and about as many parts that differ.
        let count = Migration.events(40_000)
        try await compare(count, lost: count > 100_000 ? 10 / Double(count) : 0.000_05) { digest, full in
            for vendor in Self.vendors {
                let (some, all) = (digest[vendor] ?? .max, full[vendor] ?? 0)
                #expect(some * 5 < all, "\(vendor): \(some) of \(all)")
                #expect(some > 2 * Self.cells(count), "something is lost at \(vendor)")
            }
        }
    }

    @Test func `takes hardly more calls than a full comparison where everything differs`() async throws {
        let few = 10_000
        let count = Migration.events(few)
        // Each part is counted before and after it is listed, and most end with a page that is not full: not the four of 25 pages that the
        // few events have. More events have several windows, whose ends are ends of parts, too.
        let (calls, parts) = count == few ? (2, Self.cells(count)) : (3, Self.cells(count) * 21 / 20)
        try await compare(count, lost: 0.02) { digest, full in
            for vendor in Self.vendors {
                let (some, all) = (digest[vendor] ?? .max, full[vendor] ?? 0)
                // Twice, since differences are read again.
                #expect(some <= all + 2 * calls * parts, "\(vendor): \(some) of \(all)")
            }
        }
    }

    @Test func `draws single events at Polar where they have an id, for the calls that a few pages take`() async throws
    {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"], idProperty: "tollgate_id")
            try await migration.stage.withGateway { _ async throws in
                let (count, sample) = (10_000, 500)
                try await migration.send(0..<count)
                try await migration.waitForDeliveries(["lago", "polar"])
                let (_, run) = try await migration.compare(["polar"], level: "digest", sample: sample)
                #expect(run["verdict"] as? String == "equal", "\(run)")
                let report = try #require((run["providers"] as? [[String: Any]])?.first)
                let drawn = try #require(report["sampled_parts"] as? Int)
                // So many draws of 500 are as good as certain.
                #expect((400...600).contains(drawn), "\(report)")
                #expect(report["counted_only"] as? Int == count - drawn)
                #expect(try #require(report["bound"] as? Double) < 0.01)
                let calls = try await migration.calls("polar")["reads"]
                // What is drawn of each of the two windows is asked for by itself.
                let least = Self.cells(count) + (drawn + 99) / 100 + (Self.questions["polar"] ?? 0)
                #expect((least...least + 1).contains(try #require(calls)))
                #expect((report["calls"] as? [String: Int])?["made"] == calls)
            }
        }
    }
}
