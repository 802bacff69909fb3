package import JournalPostgres

/// Where the journal is.
package enum StoreSettings: Sendable {
    /// In the data folder, for this gateway alone.
    case embedded
    /// In a PostgreSQL database that several gateways share.
    case shared(SharedStoreSettings)
}

/// A database, and how this gateway takes part in its journal.
package struct SharedStoreSettings: Sendable {
    package var address: StoreAddress
    /// What the store itself is told.
    package var store: PostgresStoreSettings

    package init(address: StoreAddress) {
        self.address = address
        store = PostgresStoreSettings(address: address.secret)
    }
}
