package import Journal

extension SQLiteEventStore {
    /// Why no event would be stored now; nil if there is room. Writes nothing, and does not wait for the writer.
    package func fullness() async throws(StoreError) -> StoreFullness? {
        if let limit = parts.settings.backlogLimitEvents, parts.ledger.largestBacklog >= limit { return .backlog }
        if parts.index.isBehind { return .index }
        if parts.disk.isFull() { return .disk }
        guard let limit = parts.settings.diskLimitBytes else { return nil }
        let folder = parts.folder
        let bytes = try await readPoint { db in
            var use = DiskUse(folder: folder)
            return try use.bytes(in: db)
        }
        return bytes >= limit ? .limit : nil
    }
}
