/// When a part of the identities is closed.
package struct IdentityPartLimits: Sendable, Equatable {
    package var age: Duration
    package var identities: Int64

    package init(age: Duration = .seconds(86_400), identities: Int64 = 20_000_000) {
        self.age = age
        self.identities = identities
    }

    /// Whether one of them is reached. An empty part stays.
    func areReached(age: Duration, identities: Int64) -> Bool {
        identities > 0 && (age >= self.age || identities >= self.identities)
    }
}
