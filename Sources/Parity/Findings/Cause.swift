/// Why a vendor and the journal differ, in the order in which causes are looked for: of several that apply to an event, the first one counts.
///
/// First whether the gateway has delivered the event, then whether the vendor has it, whether it bills it, and last whether it bills the right
/// values: so no accepted difference of content hides that an event is on no bill. Further copies of an event are a difference of their own.
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
    case noMetric = "no_metric"
    case noCustomer = "no_customer"
    case noSubscription = "no_subscription"
    case unusableProperty = "unusable_property"
    case periodClosed = "period_closed"
    case content
    case doubled
    case removed
    case foreign
    case rounding
    case otherPeriod = "other_period"
    case aggregationDiffers = "aggregation_differs"
    case staleTotal = "stale_total"
    case usageDiffers = "usage_differs"
    case unreadable
    case unexplained

    /// What an operator has to do about it.
    package enum Urgency: String, Sendable, CaseIterable, Comparable {
        /// Nothing: it is no difference.
        case benign
        /// Nothing; it resolves itself.
        case wait
        /// An operator decides.
        case act
        /// An operator decides, and the bill is wrong until then.
        case money
        /// Nothing is known.
        case unknown

        package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .benign: 0
            case .wait: 1
            case .act: 2
            case .money: 3
            case .unknown: 4
            }
        }
    }

    package var urgency: Urgency {
        switch self {
        case .rounding, .removed: .benign
        case .waiting, .notVisibleYet, .parentUnresolved, .staleTotal: .wait
        case .untranslatable, .rejected, .discarded, .uncertain, .foreign, .unexplained: .act
        case .lostAfterAccept, .collision, .doubled, .content, .noMetric, .noCustomer, .noSubscription,
            .unusableProperty, .periodClosed, .otherPeriod, .aggregationDiffers, .usageDiffers:
            .money
        case .unreadable: .unknown
        }
    }

    /// Whether it rests on what a vendor showed, which may change while events are on their way.
    package var needsConfirmation: Bool {
        switch self {
        case .waiting, .untranslatable, .rejected, .discarded, .uncertain, .unreadable, .unexplained: false
        // The vendor was asked, and no event is on its way to a catalogue.
        case .noMetric, .noCustomer, .noSubscription, .unusableProperty, .rounding: false
        // The journal and the migration's log say so.
        case .periodClosed: false
        case .otherPeriod, .aggregationDiffers, .staleTotal, .usageDiffers: true
        case .notVisibleYet, .parentUnresolved, .lostAfterAccept, .collision, .doubled, .content, .foreign, .removed:
            true
        }
    }

    /// Whether it stands before another cause of the same event.
    package func precedes(_ other: Cause) -> Bool { rank < other.rank }

    private var rank: Int { Self.ranks[self] ?? .max }
    private static let ranks = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

    /// One sentence for people.
    package var summary: String {
        switch self {
        case .waiting: "The delivery is pending or retrying."
        case .untranslatable: "The event cannot be written in the vendor's format; see the delivery's error."
        case .rejected: "The vendor rejected the event; see the delivery's error."
        case .discarded: "An operator discarded the delivery."
        case .uncertain: "The outcome of the delivery is unknown."
        case .notVisibleYet: "The vendor may still show the event: it was sent less than the visibility lag ago."
        case .parentUnresolved: "The event names a parent, and the vendor hides it until the parent arrives."
        case .lostAfterAccept: "The vendor confirmed the event and does not have it."
        case .collision: "The vendor already had another event with this ID and ignored this one."
        case .doubled: "The vendor has the event more than once."
        case .content: "The vendor has other values than were sent."
        case .removed:
            "The vendor has an event that the journal does not have, and retention has removed events of that time from the journal."
        case .foreign: "The vendor has an event that the gateway did not send."
        case .noMetric: "The vendor has the event and bills no metric of its name."
        case .noCustomer: "The vendor has the event and no customer with its ID."
        case .noSubscription: "The vendor has the event, and its customer has no subscription that bills its name."
        case .unusableProperty:
            "The vendor has the event, and a property that its metric needs is missing or has a value that it does not take."
        case .periodClosed:
            "The vendor bills by receipt and got the event after its customer had moved: if the subscription there has ended, it is on no bill."
        case .rounding: "The vendor adds up binary floats; the difference is no larger than they make it."
        case .otherPeriod: "The vendor bills the customer for another period."
        case .aggregationDiffers: "The vendor computes the amount in another way than the gateway."
        case .staleTotal: "The vendor may not have counted the latest events yet."
        case .usageDiffers: "The vendor bills another amount; the events that differ tell why."
        case .unreadable: "Could not be compared."
        case .unexplained: "No known cause."
        }
    }
}
