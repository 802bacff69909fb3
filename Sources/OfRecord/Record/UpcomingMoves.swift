package import Events

/// The customers whose provider of record changes next, by the time of the change.
package struct UpcomingMoves: Sendable, Equatable {
    /// What customers have in common who are counted together.
    struct Key: Hashable {
        let at: Timestamp
        let to: Side
    }

    /// Customers who change at the same time to the same provider.
    package struct Group: Sendable, Equatable {
        package let at: Timestamp
        package let to: Side
        /// Of those with billing periods of their own.
        package private(set) var customers = 0
        /// The first of them by their IDs, at most ``UpcomingMoves/mostExamples``.
        package private(set) var examples: [CustomerID] = []
        /// Whether customers without billing periods of their own are among them: those within the share, or all by a cut.
        package internal(set) var includesOthers = false

        init(_ key: Key) {
            at = key.at
            to = key.to
        }

        mutating func add(_ customer: CustomerID) {
            customers += 1
            guard examples.count >= UpcomingMoves.mostExamples else {
                examples.append(customer)
                if examples.count == UpcomingMoves.mostExamples { examples.sort() }
                return
            }
            guard let last = examples.last, customer < last else { return }
            examples.removeLast()
            examples.insert(customer, at: examples.firstIndex { customer < $0 } ?? examples.endIndex)
        }
    }

    /// How many customers of a group are named.
    package static let mostExamples = 5

    /// Earliest first.
    package let groups: [Group]
    /// How many times come after those.
    package let later: Int
    /// How many customers with billing periods of their own were not examined.
    package let notLookedAt: Int

    package init(groups: [Group], later: Int = 0, notLookedAt: Int = 0) {
        self.groups = groups
        self.later = later
        self.notLookedAt = notLookedAt
    }
}
