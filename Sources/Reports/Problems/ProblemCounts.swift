package import Events
package import Journal
import Synchronization

/// How many deliveries of a tenant wait for a person.
package struct ProblemCount: Sendable, Equatable {
    package let deliveries: Int
    /// Whether there may be more, because the time of a count ran out.
    package let isLeast: Bool

    package init(deliveries: Int, isLeast: Bool) {
        self.deliveries = deliveries
        self.isLeast = isLeast
    }

    /// What waits for a person: what is retried needs nobody.
    package static let statuses: Set<DeliveryStatus> = [.rejected, .uncertain]
}

/// The counts that the menu of the dashboard shows, as they were read last: no page waits for one.
///
/// Only tenants whose pages are open are counted, ``mostTenants`` at most.
package final class ProblemCounts: Sendable {
    /// What is known of one tenant.
    private struct Entry {
        var count: ProblemCount?
        var countedAt: ContinuousClock.Instant?
        var askedAt: ContinuousClock.Instant
    }

    /// Maximum number of tenants that are counted.
    package static let mostTenants = 100
    /// How long a tenant is counted after somebody asked.
    package static let interest = Duration.seconds(60)
    /// A count that is older is not known any more.
    package static let longestAge = Duration.seconds(120)

    private let entries = Mutex<[TenantID: Entry]>([:])

    package init() {}

    /// The newest count of a tenant, which is counted from now on for ``interest``; nil if there is none yet.
    package func count(of tenant: TenantID, at now: ContinuousClock.Instant) -> ProblemCount? {
        entries.withLock { entries in
            if var entry = entries[tenant] {
                entry.askedAt = now
                entries[tenant] = entry
                guard let countedAt = entry.countedAt, now - countedAt <= Self.longestAge else { return nil }
                return entry.count
            }
            entries = entries.filter { now - $0.value.askedAt <= Self.interest }
            if entries.count < Self.mostTenants { entries[tenant] = Entry(askedAt: now) }
            return nil
        }
    }

    /// The tenants that somebody asked for within ``interest``.
    package func wanted(at now: ContinuousClock.Instant) -> [TenantID] {
        entries.withLock { entries in
            entries.filter { now - $0.value.askedAt <= Self.interest }.keys.sorted()
        }
    }

    /// A tenant was counted.
    package func set(_ count: ProblemCount, of tenant: TenantID, at now: ContinuousClock.Instant) {
        entries.withLock { entries in
            guard var entry = entries[tenant] else { return }
            (entry.count, entry.countedAt) = (count, now)
            entries[tenant] = entry
        }
    }
}

extension DeliveryGrouping {
    /// How long the count of a menu takes at most, but for the reading of one page.
    package static let countPatience = Duration.seconds(1)

    /// How many deliveries of a tenant wait for a person.
    package func problems(of tenant: TenantID) async throws(StoreError) -> ProblemCount {
        let groups = try await groups(matching: DeliveryFilter(tenant: tenant, statuses: ProblemCount.statuses))
        return ProblemCount(deliveries: groups.total, isLeast: groups.next != nil)
    }
}
