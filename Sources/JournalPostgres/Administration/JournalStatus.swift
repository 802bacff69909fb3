package import Events
import Journal

/// What an operator can know of a journal in PostgreSQL, all at about the same time.
package struct JournalStatus: Sendable, Equatable {
    /// The tables and the programs that can work with them.
    package struct Format: Sendable, Equatable {
        /// Of the tables.
        package let current: Int
        /// The oldest that a program may know and still work with the tables.
        package let oldestWriter: Int
        /// The newest that this program knows.
        package let known: Int
    }

    /// A gateway that is in the list.
    package struct Node: Sendable, Equatable {
        package let number: Int64
        package let name: String
        package let version: String
        package let format: Int
        package let started: Timestamp
        /// How long its leases last if it does not renew them.
        package let expiresIn: Duration
        package let isDraining: Bool
        /// Digest of its `routes.json`.
        package let routes: [UInt8]
        package let accounts: Int
        package let slots: Int
        /// How many deliveries wait at its accounts by its own reports; nil if it has not reported.
        package let waiting: Int?
        /// About when the oldest of them was accepted.
        package let oldest: Timestamp?
    }

    /// A provider account.
    package struct Account: Sendable, Equatable {
        package let name: String
        /// Rises when the account changes hands.
        package let epoch: Int64
        /// The gateway that holds its lease; nil if none does.
        package let node: String?
        package let since: Timestamp?
        /// How many events have no outcome yet.
        package let backlog: Int
    }

    /// A stream of the journal.
    package struct Slot: Sendable, Equatable {
        package let number: Int
        package let epoch: Int64
        /// The gateway that writes it; nil if none does.
        package let node: String?
        /// When its newest event was accepted.
        package let newest: Timestamp?
    }

    /// A table of identities.
    package struct IdentityPart: Sendable, Equatable {
        package let number: Int
        /// `open`, `overlapping` or `closed`.
        package let state: String
        package let opened: Timestamp
        /// As far as the server's statistics tell.
        package let identities: Int
        package let bytes: Int
        package let hasFilter: Bool
    }

    /// A table with a day of the journal, or with what was moved into it.
    package struct Partition: Sendable, Equatable {
        package let name: String
        /// As far as the server's statistics tell.
        package let rows: Int
        package let bytes: Int
    }

    /// Work that one gateway does for all.
    package struct Duty: Sendable, Equatable {
        package let name: String
        package let node: String?
    }

    /// Where it is, without a password.
    package let address: String
    package let schema: String
    /// As the server tells it: `PostgreSQL 15.20`.
    package let server: String
    package let format: Format
    package let journalID: String
    /// Whether a journal is being moved here.
    package let isMoving: Bool
    package let nodes: [Node]
    package let accounts: [Account]
    package let slots: [Slot]
    package let identityParts: [IdentityPart]
    package let partitions: [Partition]
    package let duties: [Duty]
    /// Of all tables of the schema, with their indexes.
    package let bytes: Int

    /// Whether gateways work by different `routes.json`. What one that changes it has shows when it is done.
    package var routesDiffer: Bool { Set(nodes.map(\.routes).filter { $0 != GatewayNode.changingRoutes }).count > 1 }
}
