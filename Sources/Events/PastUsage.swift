/// What a vendor does with events of the past.
package struct PastUsage: Sendable, Equatable {
    /// One sentence for people: on which bill they come.
    package let effect: String
    /// Whether it can put usage on a bill where nobody expects it, so that a person should confirm a backfill.
    package let needsConfirmation: Bool

    package init(effect: String, needsConfirmation: Bool) {
        self.effect = effect
        self.needsConfirmation = needsConfirmation
    }
}
