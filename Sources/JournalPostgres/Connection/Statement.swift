/// A statement with its text. All of them are in the folder `SQL`.
struct Statement: Sendable, Hashable {
    /// With `$1`, `$2` and so on for the parameters; tables without their schema, which the connection's `search_path` gives.
    let text: String
    /// Whether it only reads, so that it may be sent once more when its answer was lost.
    let isRead: Bool

    /// - Parameters:
    ///   - isRead: whether nothing is changed, locks apart.
    init(_ text: String, isRead: Bool = false) {
        self.text = text
        self.isRead = isRead
    }

    static func read(_ text: String) -> Statement { Statement(text, isRead: true) }
}
