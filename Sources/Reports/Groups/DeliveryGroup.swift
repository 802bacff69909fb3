package import Events
package import Journal

/// Deliveries that failed for the same reason at one provider, for one name of events.
package struct DeliveryGroup: Sendable, Equatable {
    /// What the deliveries of a group have in common.
    package struct Key: Sendable, Hashable {
        package let provider: ProviderName
        package let status: DeliveryStatus
        /// The code of the last fault; nil if there is none.
        package let errorCode: DeliveryErrorCode?
        /// Of the events.
        package let name: String

        package init(provider: ProviderName, status: DeliveryStatus, errorCode: DeliveryErrorCode?, name: String) {
            self.provider = provider
            self.status = status
            self.errorCode = errorCode
            self.name = name
        }

        /// Names are compared byte for byte, as a retry of the group compares them.
        package static func == (left: Key, right: Key) -> Bool {
            left.provider == right.provider && left.status == right.status && left.errorCode == right.errorCode
                && left.name.exact == right.name.exact
        }

        /// Of what two equal keys have in common.
        package func hash(into hasher: inout Hasher) {
            hasher.combine(provider)
            hasher.combine(status)
            hasher.combine(errorCode)
            hasher.combine(name.exact)
        }
    }

    /// One delivery that stands for the others.
    package struct Example: Sendable, Equatable {
        package let eventID: EventID
        package let sequence: SequenceNumber
        package let fault: DeliveryFault?
    }

    package let key: Key
    package fileprivate(set) var count: Int
    /// When the first of their events was accepted.
    package fileprivate(set) var first: Timestamp
    /// When the last of their events was accepted.
    package fileprivate(set) var last: Timestamp
    /// The last of them in the order of the journal.
    package fileprivate(set) var example: Example
}

/// The deliveries that a filter takes, counted by group.
package struct DeliveryGroups: Sendable, Equatable {
    /// The largest first.
    package let groups: [DeliveryGroup]
    /// Deliveries of further groups, which are not distinguished because there are too many.
    package let others: Int
    /// All deliveries that were counted.
    package let total: Int
    /// When the last event that was counted was accepted, if the time ran out before the end.
    package let countedUntil: Timestamp?
    /// Where the count continues; nil if all were counted.
    package let next: DeliveryCursor?
}

/// Counts deliveries by group. Pure, and bounded: what comes after ``mostGroups`` is counted together.
package struct DeliveryTally: Sendable {
    /// Maximum number of groups that are distinguished.
    package static let mostGroups = 1000

    private var groups: [DeliveryGroup.Key: DeliveryGroup] = [:]
    private var others = 0
    private var total = 0
    private var latest: Timestamp?

    package init() {}

    /// Counts one more delivery; in the order of the journal.
    package mutating func add(_ archived: ArchivedDelivery) {
        let (event, delivery) = (archived.event, archived.delivery)
        total += 1
        latest = event.acceptedAt
        let key = DeliveryGroup.Key(
            provider: delivery.provider,
            status: delivery.status,
            errorCode: delivery.fault?.code,
            name: event.name
        )
        let example = DeliveryGroup.Example(
            eventID: event.id,
            sequence: archived.cursor.sequence,
            fault: delivery.fault
        )
        guard var group = groups[key] else {
            guard groups.count < Self.mostGroups else { return others += 1 }
            let time = event.acceptedAt
            return groups[key] = DeliveryGroup(key: key, count: 1, first: time, last: time, example: example)
        }
        group.count += 1
        group.first = min(group.first, event.acceptedAt)
        group.last = max(group.last, event.acceptedAt)
        group.example = example
        groups[key] = group
    }

    /// What was counted.
    /// - Parameter next: where the count continues; nil if all were counted.
    package func result(continuingAt next: DeliveryCursor?) -> DeliveryGroups {
        DeliveryGroups(
            groups: groups.values.sorted(by: Self.precedes),
            others: others,
            total: total,
            countedUntil: next == nil ? nil : latest,
            next: next
        )
    }

    private static func precedes(_ left: DeliveryGroup, _ right: DeliveryGroup) -> Bool {
        if left.count != right.count { return left.count > right.count }
        if left.key.provider != right.key.provider { return left.key.provider < right.key.provider }
        let (name, other) = (left.key.name.exact, right.key.name.exact)
        if name != other { return name < other }
        return (left.key.errorCode?.rawValue ?? "", left.key.status.rawValue)
            < (right.key.errorCode?.rawValue ?? "", right.key.status.rawValue)
    }
}
