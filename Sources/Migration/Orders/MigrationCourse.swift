package import Events
package import OfRecord

/// What holds for a migration after all entries of its log.
package struct MigrationCourse: Sendable, Equatable {
    /// What the new provider gets; nil if nothing was ordered.
    package private(set) var delivery: MigrationEntry.Delivery?
    /// Whose customers move, of all, in percent.
    package private(set) var share = 0.0
    /// From when on all customers move at their boundaries; nil if no cut was ordered.
    package private(set) var cut: Timestamp?
    /// Whether customers that returned alone take no part until the next ramp or cut.
    package private(set) var leavesOut = false
    /// Since which entry nobody moves; nil if the migration is not held.
    package private(set) var hold: MigrationEntry?
    /// The entry that ended the migration; nil if it goes on.
    package private(set) var close: MigrationEntry?
    /// Whether customers may ever have moved.
    package private(set) var hasMoved = false

    /// Applies the entries of a log in their order.
    package init(_ log: MigrationLog) {
        for entry in log.entries { apply(entry) }
    }

    private mutating func apply(_ entry: MigrationEntry) {
        switch entry.action {
        case .stage(let delivery): self.delivery = delivery
        case .ramp(let share):
            (self.share, cut, leavesOut) = (share, nil, false)
            hasMoved = hasMoved || share > 0
        case .cut(let time): (cut, hasMoved, leavesOut) = (time, true, false)
        case .hold: hold = hold ?? entry
        case .resume: hold = nil
        // Those that are named leave the ramp; it goes on for all others.
        case .goBack(_, .some): leavesOut = true
        case .goBack(_, nil): (share, cut, leavesOut) = (0, nil, false)
        case .close: close = close ?? entry
        }
    }

    /// Whether customers move at their boundaries, or would if the migration was not held.
    package var isRamping: Bool { share > 0 || cut != nil }

    /// Whether it orders anything but what the file says.
    /// - Parameter delivery: what the new provider gets by the file; nil if nothing.
    package func says(otherThan delivery: MigrationEntry.Delivery?) -> Bool {
        isRamping || hasMoved || hold != nil || close != nil || (self.delivery.map { $0 != delivery } ?? false)
    }
}
