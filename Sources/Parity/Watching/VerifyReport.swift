package import Events

/// What reading delivered events back has shown of a provider.
package struct VerifyReport: Sendable, Equatable {
    /// The events that were read back in one hour.
    package struct Hour: Sendable, Equatable {
        package let start: Timestamp
        /// All that had a result.
        package var verified: Int
        /// Those that the vendor shows with other values.
        package var different: Int
        /// Those that it did not show in two reads.
        package var lost: Int

        package init(start: Timestamp, verified: Int = 0, different: Int = 0, lost: Int = 0) {
            self.start = start
            self.verified = verified
            self.different = different
            self.lost = lost
        }
    }

    /// One of so many delivered events is read back.
    package let oneIn: Int
    /// All reads that were due before this time were made.
    package let checkedUpTo: Timestamp
    /// Events that wait for their delivery, for the vendor's lag, or for a read.
    package let waiting: Int
    /// Oldest first; hours in which nothing was read are left out.
    package let hours: [Hour]
    /// Events that the vendor still does not show and that nobody has accepted, oldest loss first.
    package let lost: [LostEvent]
    /// Lost events that are accepted.
    package let accepted: Int
    /// Why the vendor could not be read; nil if it could.
    package let fault: String?

    package init(
        oneIn: Int,
        checkedUpTo: Timestamp,
        waiting: Int = 0,
        hours: [Hour] = [],
        lost: [LostEvent] = [],
        accepted: Int = 0,
        fault: String? = nil
    ) {
        self.oneIn = oneIn
        self.checkedUpTo = checkedUpTo
        self.waiting = waiting
        self.hours = hours
        self.lost = lost
        self.accepted = accepted
        self.fault = fault
    }

    /// How many events were read back since a time, by whole hours.
    package func verified(since time: Timestamp) -> Int {
        hours.reduce(0) { $0 + ($1.start + Self.hour > time ? $1.verified : 0) }
    }

    /// How many events that were found to be lost since a time are so still.
    package func lost(since time: Timestamp) -> Int { lost.count { $0.foundAt >= time } }

    /// How many events were shown with other values since a time, by whole hours.
    package func different(since time: Timestamp) -> Int {
        hours.reduce(0) { $0 + ($1.start + Self.hour > time ? $1.different : 0) }
    }

    /// The length of what is counted together.
    private static let hour = Duration.seconds(3600)

    /// One sentence for people; nil if nothing is wrong.
    /// - Parameters:
    ///   - provider: that it is of.
    ///   - now: reads that are later than ``longestDelay`` are late.
    package func problem(at provider: ProviderName, now: Timestamp) -> String? {
        if let first = lost.first {
            let events = "\(lost.count) event\(lost.count == 1 ? "" : "s")"
            return
                "\(provider) has lost \(events) of the sample of 1/\(oneIn) that it had accepted, the first found at \(first.foundAt.rfc3339)"
        }
        guard now - checkedUpTo > Self.longestDelay else { return nil }
        let reason = fault.map { ": \($0)" } ?? ""
        return "events of \(provider) were read back up to \(checkedUpTo.rfc3339) only\(reason)"
    }

    /// How late reads may be until that is a problem.
    package static let longestDelay = Duration.seconds(900)
}

/// An event that a vendor has confirmed and does not show.
package struct LostEvent: Sendable, Equatable {
    package let sequence: SequenceNumber
    package let tenant: TenantID
    package let eventID: EventID
    package let name: String
    /// When the vendor confirmed it.
    package let deliveredAt: Timestamp
    /// When the second read did not show it.
    package let foundAt: Timestamp
    /// When the vendor is asked for it again.
    package var lookAt: Timestamp

    package init(
        sequence: SequenceNumber,
        tenant: TenantID,
        eventID: EventID,
        name: String,
        deliveredAt: Timestamp,
        foundAt: Timestamp,
        lookAt: Timestamp
    ) {
        self.sequence = sequence
        self.tenant = tenant
        self.eventID = eventID
        self.name = name
        self.deliveredAt = deliveredAt
        self.foundAt = foundAt
        self.lookAt = lookAt
    }
}
