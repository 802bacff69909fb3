package import Events
import GRDB
package import Journal

extension SQLiteEventStore {
    package func pin(_ pin: RetentionPin) async throws(StoreError) {
        try await commit { .pins(.pin(pin), $0) }
    }

    package func unpin(_ name: String) async throws(StoreError) {
        try await commit { .pins(.unpin(name), $0) }
    }

    package func unpinExpired(at now: Timestamp) async throws(StoreError) {
        try await commit { .pins(.unpinExpired(now), $0) }
    }

    package func pins() async throws(StoreError) -> [RetentionPin] {
        try await readPoint { db in try PinTable.all(in: db) }
    }

    package func removedThrough() async throws(StoreError) -> Timestamp? {
        try await readPoint { db in try MetaTable.removedThrough(in: db) }.map { Timestamp(milliseconds: $0) }
    }
}

extension SQLiteEventStore {
    package func shadowCounts() async throws(StoreError) -> [ShadowCount] {
        let names = parts.names.current
        return try await readPoint { db in try ShadowTable.all(names: names, in: db) }
    }

    package func forgetShadowCounts(of provider: ProviderName) async throws(StoreError) {
        try await commit { .forgetShadowCounts(provider, $0) }
    }
}
