package import Events

/// What a row says of whether anything of a delivery may have reached its vendor.
package struct DeliveryTrace: Sendable, Equatable {
    /// Where it stands.
    package let status: DeliveryStatus
    /// How many requests carried it.
    package let attempts: Int
    /// Whether a request since the last retry by a person may have reached the vendor.
    package let hasReached: Bool
    /// The same of the time before.
    package let hadReached: Bool
    /// Of the fault that belongs to no attempt.
    package let faultCode: String?

    /// What a row says.
    package init(status: DeliveryStatus, attempts: Int, hasReached: Bool, hadReached: Bool, faultCode: String?) {
        self.status = status
        self.attempts = attempts
        self.hasReached = hasReached
        self.hadReached = hadReached
        self.faultCode = faultCode
    }

    /// Whether certainly nothing has reached the vendor.
    ///
    /// A process that ends by force leaves no trace of a request that is on its way to a vendor which recognizes repeats. So what was there
    /// before this process may have been sent, unless it could not be translated: then there was nothing to send.
    /// - Parameter isOfThisRun: whether the event was accepted since the store was opened.
    package func isUntouched(isOfThisRun: Bool) -> Bool {
        guard !hasReached, !hadReached, status != .uncertain else { return false }
        if status == .rejected, attempts == 0, faultCode == DeliveryErrorCode.untranslatable.rawValue { return true }
        return isOfThisRun
    }
}
