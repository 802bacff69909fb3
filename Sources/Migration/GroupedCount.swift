package import Events

/// A count by group, with the first ids of each.
///
/// Memory is bounded: events of further groups than ``mostGroups`` are counted together.
package struct GroupedCount<Key: Hashable & Sendable>: Sendable, Equatable {
    /// One group.
    package struct Group: Sendable, Equatable {
        package fileprivate(set) var count = 0
        /// The first ids.
        package fileprivate(set) var ids: [EventID] = []
    }

    package private(set) var count = 0
    /// Events of groups beyond the limit.
    package private(set) var others = 0
    private var groups: [Key: Group] = [:]
    /// The order in which they came, which decides between groups of one size.
    private var order: [Key] = []

    package init() {}

    mutating func add(_ id: EventID, to key: Key) {
        count += 1
        if groups[key] == nil {
            guard groups.count < GroupLimits.groups else {
                others += 1
                return
            }
            order.append(key)
        }
        groups[key, default: Group()].add(id)
    }

    /// The groups, largest first.
    package var largestFirst: [(key: Key, group: Group)] {
        let ranked = order.enumerated().map {
            (place: $0.offset, key: $0.element, group: groups[$0.element] ?? Group())
        }
        return ranked.sorted { ($1.group.count, $0.place) < ($0.group.count, $1.place) }.map { ($0.key, $0.group) }
    }
}

extension GroupedCount.Group {
    fileprivate mutating func add(_ id: EventID) {
        count += 1
        if ids.count < GroupLimits.ids { ids.append(id) }
    }
}

/// The limits of every ``GroupedCount``.
package enum GroupLimits {
    /// Maximum number of groups that are distinguished.
    package static let groups = 100
    /// Maximum number of ids that are kept of a group.
    package static let ids = 10
}
