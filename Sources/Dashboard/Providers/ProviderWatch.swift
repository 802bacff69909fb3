package import Events
package import Parity

/// How the gateway makes sure that a vendor keeps what it accepts: by reading delivered events back, and by test events.
package struct ProviderWatch: Sendable {
    /// What is known of one of the two.
    package enum Knowledge<Report: Sendable>: Sendable {
        /// It cannot be set, for this reason, without a stop at its end.
        case impossible(String)
        /// `routes.json` does not ask for it.
        case off
        /// What was found cannot be read now, for this reason, without a stop at its end.
        case unread(String)
        case found(Report)
    }

    package let verify: Knowledge<VerifyReport>
    package let canary: Knowledge<CanaryReport>
    /// The tenant whose events the visitor may open; nil if none.
    package let opensEventsOf: TenantID?

    package init(
        verify: Knowledge<VerifyReport>,
        canary: Knowledge<CanaryReport>,
        opensEventsOf: TenantID? = nil
    ) {
        self.verify = verify
        self.canary = canary
        self.opensEventsOf = opensEventsOf
    }
}
