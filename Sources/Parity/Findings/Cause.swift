/// Why a vendor and the journal differ, in the order in which causes are looked for.
package enum Cause: String, Sendable, CaseIterable {
    case waiting
    case untranslatable
    case rejected
    case discarded
    case uncertain
    case notVisibleYet = "not_visible_yet"
    case parentUnresolved = "parent_unresolved"
    case lostAfterAccept = "lost_after_accept"
    case collision
    case doubled
    case content
    case foreign
    case unreadable
    case unexplained

    /// What a person has to do about it.
    package enum Urgency: String, Sendable, CaseIterable, Comparable {
        /// Nothing; it passes by itself.
        case wait
        /// Somebody decides.
        case act
        /// Somebody decides, and the bill is wrong until then.
        case money
        /// Nothing is known.
        case unknown

        package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .wait: 0
            case .act: 1
            case .money: 2
            case .unknown: 3
            }
        }
    }

    package var urgency: Urgency {
        switch self {
        case .waiting, .notVisibleYet, .parentUnresolved: .wait
        case .untranslatable, .rejected, .discarded, .uncertain, .foreign, .unexplained: .act
        case .lostAfterAccept, .collision, .doubled, .content: .money
        case .unreadable: .unknown
        }
    }

    /// Whether it rests on what a vendor showed, which may change while events are on their way.
    package var needsConfirmation: Bool {
        switch self {
        case .waiting, .untranslatable, .rejected, .discarded, .uncertain, .unreadable, .unexplained: false
        case .notVisibleYet, .parentUnresolved, .lostAfterAccept, .collision, .doubled, .content, .foreign: true
        }
    }

    /// One sentence for people.
    package var summary: String {
        switch self {
        case .waiting: "The delivery is pending or retrying."
        case .untranslatable: "The event cannot be written in the vendor's format; see the delivery's error."
        case .rejected: "The vendor rejected the event; see the delivery's error."
        case .discarded: "Somebody discarded the delivery."
        case .uncertain: "The outcome of the delivery is unknown."
        case .notVisibleYet: "The vendor may still show the event: it was sent less than the visibility lag ago."
        case .parentUnresolved: "The event names a parent, and the vendor hides it until the parent arrives."
        case .lostAfterAccept: "The vendor confirmed the event and does not have it."
        case .collision: "The vendor had another event with this ID before and ignored this one."
        case .doubled: "The vendor has the event more than once."
        case .content: "The vendor has other values than were sent."
        case .foreign: "The vendor has an event that the gateway did not send."
        case .unreadable: "Could not be compared."
        case .unexplained: "No known cause."
        }
    }
}
