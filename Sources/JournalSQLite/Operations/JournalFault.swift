/// Something in a data folder that is damaged.
package struct JournalFault: Sendable, Equatable {
    /// What can be done about it.
    package enum Remedy: String, Sendable {
        /// It is made from the journal: `tollgate journal repair` makes it again.
        case rebuild
        /// Only a backup has it.
        case backup
    }

    /// What is damaged.
    package enum Location: Sendable, Equatable {
        /// Events by their first and last sequence number.
        case chunk(first: Int64, last: Int64)
        /// A file of an index, by its path in the data folder.
        case file(String)
        /// An index of the database.
        case index(String)
        /// Pages or rows of the database.
        case database

        /// `chunk 3-7`, `index/1-20.run`, `journal.sqlite`.
        package var text: String {
            switch self {
            case .chunk(let first, let last): "chunk \(first)-\(last)"
            case .file(let path): path
            case .index(let name): "index \(name) of \(JournalFile.name)"
            case .database: JournalFile.name
            }
        }
    }

    package let location: Location
    /// One clause for people: "the checksum does not match".
    package let reason: String

    package init(_ location: Location, _ reason: String) {
        self.location = location
        self.reason = reason
    }

    /// What can be done about it.
    package var remedy: Remedy {
        switch location {
        case .file, .index: .rebuild
        case .chunk, .database: .backup
        }
    }
}

/// What a check has read and found.
package struct CheckReport: Sendable, Equatable {
    package internal(set) var chunks = 0
    package internal(set) var events: Int64 = 0
    /// Files of both indexes.
    package internal(set) var files = 0
    /// In the order in which they were found, at most ``mostFaults``.
    package private(set) var faults: [JournalFault] = []
    /// Number of further faults.
    package private(set) var more = 0

    /// Number of faults that are named.
    package static let mostFaults = 10_000

    package init() {}

    mutating func add(_ fault: JournalFault) {
        if faults.count < Self.mostFaults { faults.append(fault) } else { more += 1 }
    }

    package var isWell: Bool { faults.isEmpty }
}
