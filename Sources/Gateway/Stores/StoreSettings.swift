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
    /// The settings of the store itself.
    package var store: PostgresStoreSettings

    /// With the default settings of the store.
    package init(address: StoreAddress) {
        self.address = address
        store = PostgresStoreSettings(address: address.secret)
    }
}
