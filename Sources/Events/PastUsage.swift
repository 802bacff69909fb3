/// What a vendor does with events from the past.
package struct PastUsage: Sendable, Equatable {
    /// One sentence for people: on which bill they appear.
    package let effect: String
    /// Whether usage can appear on an unexpected bill, so that a person should confirm a backfill.
    package let needsConfirmation: Bool

    package init(effect: String, needsConfirmation: Bool) {
        self.effect = effect
        self.needsConfirmation = needsConfirmation
    }
}
