import Events

/// Cuts what is sent again into batches.
enum ResendBatches {
    /// - Parameter event: what is sent of an item.
    /// - Returns: the items in their order; no batch with several is larger than the limit, or has two events of one identity.
    static func cut<Item>(_ items: [Item], to limit: BatchLimit, _ event: (Item) -> TranslatedEvent) -> [[Item]] {
        var batches: [[Item]] = []
        var identities: Set<String> = []
        var bytes = 0
        for item in items {
            let sent = event(item)
            let isFull =
                batches.last.map { $0.count >= limit.events } ?? true || sent.bytes.count > limit.room(behind: bytes)
            if isFull || identities.contains(sent.identity) {
                batches.append([])
                (identities, bytes) = ([], 0)
            }
            batches[batches.count - 1].append(item)
            identities.insert(sent.identity)
            // With a comma between two.
            bytes += sent.bytes.count + (batches[batches.count - 1].count > 1 ? 1 : 0)
        }
        return batches
    }
}
