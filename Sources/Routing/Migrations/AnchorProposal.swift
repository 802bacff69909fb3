package import Events
import OfRecord

/// When the billing periods of a customer begin, as a subscription at a vendor tells it.
package struct AnchorProposal: Sendable, Equatable {
    package let customer: String
    /// A day, `2026-01-31`, or a timestamp.
    package let anchor: String
    /// Nil if the periods are as long as those of customers without an anchor.
    package let interval: String?

    package init(customer: String, anchor: String, interval: String?) {
        self.customer = customer
        self.anchor = anchor
        self.interval = interval
    }

    /// Why a subscription does not tell when periods begin.
    package struct Unknown: Error, Sendable, Equatable {
        /// For people.
        package let reason: String
    }

    /// Reads a subscription, by the zone and the interval of a migration.
    ///
    /// The end of the running period is the start of the next one. Of a month that is too short this is not the day from which the vendor
    /// counts, so that day is taken where the vendor tells it and both agree.
    package init(_ subscription: VendorSubscription, for migration: MigrationConfiguration) throws(Unknown) {
        guard let customer = subscription.customerID, !customer.isEmpty else {
            throw Unknown(reason: "the vendor does not tell whose it is")
        }
        // A row ends with its line, also within quotes, and the reader of the file takes no longer ID: one such customer would make the file
        // unusable, or give another customer an anchor.
        guard customer.utf8.count <= 255, !customer.utf8.contains(UInt8(ascii: "\n")) else {
            throw Unknown(reason: "no row can hold its customer's ID, which has a line break or more than 255 bytes")
        }
        guard let period = subscription.period else {
            throw Unknown(reason: "the vendor does not tell the running period")
        }
        guard let cycle = Self.cycle(of: period, day: subscription.anchor, like: migration.boundaries.otherwise) else {
            throw Unknown(reason: "no interval has a period from \(period.from.rfc3339) to \(period.until.rfc3339)")
        }
        let isStandard = cycle.interval == migration.boundaries.otherwise.interval
        self.init(
            customer: customer,
            anchor: cycle.anchor.dayText ?? period.until.rfc3339,
            interval: isStandard ? nil : cycle.interval.rawValue
        )
    }

    /// The periods of which one is known.
    /// - Parameters:
    ///   - day: from which the vendor counts; nil if it does not tell.
    ///   - standard: in whose zone, and with whose interval where the period is a shorter first one and tells none.
    private static func cycle(of period: ReadWindow, day: Timestamp?, like standard: BillingCycle) -> BillingCycle? {
        let end = BillingAnchor(period.until, in: standard.zone)
        let own = day.map { end.on(dayOf: BillingAnchor($0, in: standard.zone)) }
        let others = BillingCycle.Interval.allCases.filter { $0 != standard.interval }
        let cycles = ([standard.interval] + others).flatMap { interval in
            [own, end].compactMap(\.self).map { BillingCycle(anchor: $0, every: interval, in: standard.zone) }
        }
        return cycles.first { $0.begins(at: period.until) && $0.isPeriod(period) }
            ?? cycles.first { $0.begins(at: period.until) && $0.interval == standard.interval }
    }
}

extension BillingCycle {
    fileprivate func begins(at time: Timestamp) -> Bool { boundary(after: time + .milliseconds(-1)) == time }

    fileprivate func isPeriod(_ period: ReadWindow) -> Bool {
        begins(at: period.from) && boundary(after: period.from) == period.until
    }
}
