import Foundation
import Synchronization

/// What a simulated vendor keeps beside events, of one kind: customers, or subscriptions.
final class Records: Sendable {
    /// One of them.
    struct Record: Sendable {
        /// The vendor's own id.
        let id: String
        /// The application's id.
        let externalID: String?
        let createdAt: Date
        /// As the application sent it.
        let fields: SandboxJSON
    }

    private let kept = Mutex<[Record]>([])

    /// In the order in which they were made.
    var all: [Record] { kept.withLock { $0 } }

    func find(id: String) -> Record? { all.first { $0.id == id } }

    func find(externalID: String) -> Record? { all.first { $0.externalID?.hasBytes(of: externalID) ?? false } }

    /// Keeps a new record, or changes the one that has its external id.
    func keep(_ fields: SandboxJSON, externalID: String?, at now: Date) -> Record {
        kept.withLock { kept in
            let known = externalID.flatMap { id in
                kept.firstIndex { $0.externalID?.hasBytes(of: id) ?? false }
            }
            if let index = known {
                kept[index] = Record(
                    id: kept[index].id,
                    externalID: externalID,
                    createdAt: kept[index].createdAt,
                    fields: kept[index].fields.merged(with: fields)
                )
                return kept[index]
            }
            let record = Record(
                id: UUID().uuidString.lowercased(),
                externalID: externalID,
                createdAt: now,
                fields: fields
            )
            kept.append(record)
            return record
        }
    }

    /// Removes a record.
    func remove(_ record: Record) {
        kept.withLock { $0.removeAll { $0.id == record.id } }
    }

    /// Removes all records.
    func forget() {
        kept.withLock { $0 = [] }
    }
}

extension SandboxJSON {
    /// The members of both; of a name that both have, the other one's.
    fileprivate func merged(with other: SandboxJSON) -> SandboxJSON {
        let theirs = other.members ?? []
        let ours = (members ?? []).filter { member in !theirs.contains { $0.name == member.name } }
        return .object(ours + theirs)
    }
}
