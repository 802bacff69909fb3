/// The outcome of one event in one attempt.
package enum Outcome: Sendable, Equatable {
    /// The vendor has it; `deduplicated` if it says that it already had it.
    case delivered(deduplicated: Bool)
    /// Not applied, and only because of another event in the batch: sent again at once, without that event.
    case resend
    /// Certainly not applied; retried later, not before `after` if the vendor named a time.
    case retry(DeliveryFault, after: RetryAfter?)
    /// It is unknown whether it was applied. If it may be repeated, not before `after` if the vendor named a time.
    case ambiguous(DeliveryFault, after: RetryAfter? = nil)
    /// Can never succeed.
    case reject(DeliveryFault)
    /// The credential or the account is the problem: the whole provider pauses, and nothing is dropped.
    case park(DeliveryFault)
}

/// What a vendor's response to a batch means.
package enum Verdict: Sendable, Equatable {
    /// The same for every event.
    case all(Outcome)
    /// One outcome per event, in the order sent.
    case each([Outcome])
    /// Refused because of at least one event, and the vendor does not say which: the engine halves the batch until one is alone, which is
    /// then rejected with this fault. Repeating the others is safe, because they were not applied or are deduplicated.
    case unnamed(DeliveryFault)
}

/// When to retry, according to the vendor.
package enum RetryAfter: Sendable, Equatable {
    case delay(Duration)
    case at(Timestamp)
}

/// Why a delivery failed, in the same terms for every vendor.
package struct DeliveryFault: Error, Sendable, Equatable {
    package let code: DeliveryErrorCode
    /// One sentence by the gateway. Contains no secret and no customer data.
    package let message: String
    /// The vendor's own message, truncated and redacted; nil if there was none.
    package let vendor: String?

    package init(code: DeliveryErrorCode, message: String, vendor: String? = nil) {
        self.code = code
        self.message = message
        self.vendor = vendor
    }
}

/// The normalized kinds of delivery errors: `error.code` of a delivery.
package enum DeliveryErrorCode: String, Sendable, CaseIterable {
    case invalidEvent = "invalid_event"
    case unknownCustomer = "unknown_customer"
    case unknownName = "unknown_name"
    case duplicateConflict = "duplicate_conflict"
    case unauthorized
    case forbidden
    case notFound = "not_found"
    case payloadTooLarge = "payload_too_large"
    case rateLimited = "rate_limited"
    case vendorUnavailable = "vendor_unavailable"
    case vendorError = "vendor_error"
    case timeout
    case connectionFailed = "connection_failed"
    case unsupported
    case untranslatable
    /// Nothing failed: the vendor does not accept the event before its timestamp, so it waits.
    case timestampInFuture = "timestamp_in_future"
    /// Nothing failed: a person has cancelled the backfill while the event waited for another attempt.
    case backfillCancelled = "backfill_cancelled"
    /// Nothing failed: the outcome was unknown, and the vendor shows the event.
    case foundAtVendor = "found_at_vendor"
    /// The outcome was unknown, and the vendor shows an event with the same identity and different content.
    case otherAtVendor = "other_at_vendor"
    /// The outcome was unknown, and the vendor does not show the event.
    case absentAtVendor = "absent_at_vendor"

    /// Whether it is the result of a lookup at the vendor.
    package var isOfLookup: Bool { [.foundAtVendor, .otherAtVendor, .absentAtVendor].contains(self) }
}
