package import Events
package import Journal

extension PipelineMachine {
    /// A provider's state, for people.
    package struct Snapshot: Sendable, Equatable {
        /// `closed`, `open` or `probing`.
        package let circuit: String
        /// Since when it is not closed; nil while it is.
        package let circuitOpenSince: Timestamp?
        /// Why the provider is parked; nil if it is not.
        package let parked: DeliveryFault?
        /// Since when it is parked; nil while it is not.
        package let parkedSince: Timestamp?
        /// When a vendor that fails, refuses the credential or has asked for a delay may be called again; nil if it may be called now.
        package let pausedUntil: Timestamp?
        /// The end of a delay that the vendor asked for; nil if there is none.
        package let heldUntil: Timestamp?
        /// Why the vendor asked for the delay.
        package let holdFault: DeliveryFault?
        /// An operator's hold; nil if there is none.
        package let operatorHold: OperatorHold?
        /// Requests in flight.
        package let requestsInFlight: Int
        /// How many requests may be in flight now.
        package let concurrency: Int
        /// Why the last request failed as a whole; nil if it succeeded.
        package let lastFault: DeliveryFault?
        /// Totals since the start.
        package let counts: Counts
    }

    /// Totals since the start; outcomes count once they are on disk.
    package struct Counts: Sendable, Equatable {
        /// Requests that have ended, with any result.
        package var requests = 0
        /// Requests with live deliveries that left, as the rate limit counts them.
        package var left = 0
        /// Requests of backfills that were let through, as the rate limit counts them.
        package var leftForBackfills = 0
        /// Delivered events.
        package var delivered = 0
        /// Attempts after which the delivery is retried.
        package var retried = 0
        /// Dead letters.
        package var rejected = 0
        /// Deliveries with unknown outcome.
        package var uncertain = 0
        /// Delivered events that the vendor already had at the first request, perhaps from another writer.
        package var alreadyThere = 0

        mutating func add(_ settlement: Settlement) {
            delivered += settlement.delivered.reduce(0) { $0 + $1.sequences.count }
            for exception in settlement.exceptions {
                if exception.wasThere { alreadyThere += 1 }
                switch exception.status {
                case .delivered: delivered += 1
                case .retrying: retried += 1
                case .rejected: rejected += 1
                case .uncertain: uncertain += 1
                case .pending, .skipped, .discarded: break
                }
            }
        }
    }

    /// The state at `now`.
    func snapshot(at now: ClockReading) -> Snapshot {
        gates.snapshot(at: now, requestsInFlight: inFlight.requests, counts: counts)
    }
}

extension SettledDelivery {
    /// Whether the vendor said at the first request that it already has the event.
    fileprivate var wasThere: Bool {
        guard newAttempts.count == 1, let attempt = newAttempts.first else { return false }
        return status == .delivered && attempt.deduplicated && reachedAt == attempt.at
    }
}
