/// An event's identity as the index keeps it.
package struct EventIdentity: Sendable {
    package let hash: UInt64
    /// Whether something besides tenant and id tells it apart.
    package let isScoped: Bool

    package init(hash: UInt64, isScoped: Bool) {
        self.hash = hash
        self.isScoped = isScoped
    }
}
