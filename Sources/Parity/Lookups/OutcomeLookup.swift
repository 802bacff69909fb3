package import Events

/// What a vendor shows of an event whose outcome there is unknown.
package enum LookupSighting: Sendable, Equatable, CaseIterable {
    /// The event as it was sent.
    case same
    /// An event with its identity that says something else.
    case other
    case nothing
}

/// Finds out by looking at the vendor whether it has an event whose last attempt has no known outcome.
///
/// That an event is there, one look proves. That it is not there, one look proves only where the vendor shows events at once; elsewhere it
/// takes ``enoughLooks`` over three times the longest time that the vendor takes to show an event.
package struct OutcomeLookup: Sendable, Equatable {
    /// What is to be done.
    package enum Step: Sendable, Equatable {
        /// Look at or after this time.
        case look(at: Timestamp)
        /// The vendor has the event.
        case found
        /// The vendor has another event in its place.
        case differs
        /// The vendor does not have it.
        case absent
    }

    /// Looks without a trace after which the event counts as absent.
    package static let enoughLooks = 3

    private let attemptedAt: Timestamp
    private let lag: Duration
    private let isImmediate: Bool
    private var sightings: [(at: Timestamp, what: LookupSighting)] = []

    /// - Parameters:
    ///   - attemptedAt: when the last request that carried the event left.
    ///   - lag: the longest time from the vendor's success until its reads show the event.
    ///   - isImmediate: whether the vendor shows an event as soon as it has it.
    package init(attemptedAt: Timestamp, lag: Duration, isImmediate: Bool) {
        self.attemptedAt = attemptedAt
        self.lag = lag
        self.isImmediate = isImmediate
    }

    /// Adds what a look has shown.
    package mutating func note(_ what: LookupSighting, at time: Timestamp) { sightings.append((time, what)) }

    /// What follows from all that was seen.
    package var step: Step {
        if sightings.contains(where: { $0.what == .same }) { return .found }
        if sightings.contains(where: { $0.what == .other }) { return .differs }
        guard let last = sightings.last else { return .look(at: attemptedAt + lag) }
        if isImmediate { return .absent }
        // After an attempt of long ago, the looks lie apart anyway: a vendor that is behind catches up.
        let first = sightings.first?.at ?? last.at
        let span = max(last.at - first, .zero)
        if sightings.count >= Self.enoughLooks, span >= lag * (Self.enoughLooks - 1) { return .absent }
        return .look(at: last.at + lag)
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.attemptedAt == right.attemptedAt && left.lag == right.lag && left.isImmediate == right.isImmediate
            && left.sightings.elementsEqual(right.sightings) { $0.at == $1.at && $0.what == $1.what }
    }
}

/// Compares what vendors show of an event with what was sent.
extension LookupSighting {
    /// - Parameters:
    ///   - shown: the events that the vendor shows under the event's id.
    ///   - sent: the event as the vendor would show what it was sent.
    ///   - rules: how the two are compared.
    package init(of sent: VendorEvent, among shown: [VendorEvent], by rules: ComparisonRules) {
        guard !shown.isEmpty else {
            self = .nothing
            return
        }
        let isThere = shown.contains { ContentComparison.differences(sent: sent, shown: $0, rules).isEmpty }
        self = isThere ? .same : .other
    }
}

extension Delivery {
    /// Whether the vendor may have the event though it did not confirm it: it is looked up before a person is asked.
    package var mayHaveArrived: Bool {
        guard mode != .shadow, history.last?.isLookup != true else { return false }
        switch status {
        case .uncertain: return true
        case .rejected:
            return fault?.code.leavesOpen ?? false && !history.isEmpty
        case .pending, .retrying, .delivered, .skipped, .discarded: return false
        }
    }
}

extension DeliveryErrorCode {
    /// Whether the vendor may have the event anyway: what it refused, it does not have; an answer that says nothing, or none, leaves
    /// that open.
    var leavesOpen: Bool {
        switch self {
        case .timeout, .connectionFailed, .vendorError, .vendorUnavailable: true
        case .invalidEvent, .unknownCustomer, .unknownName, .duplicateConflict, .unauthorized, .forbidden, .notFound,
            .payloadTooLarge, .rateLimited, .unsupported, .untranslatable, .timestampInFuture, .backfillCancelled,
            .foundAtVendor, .otherAtVendor, .absentAtVendor:
            false
        }
    }
}
