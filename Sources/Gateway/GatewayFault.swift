package import Access
package import ConfigurationFile
package import Events
import Foundation
package import Ingress
package import Journal
package import Transport

/// Why the gateway cannot start. Each description says how to fix it.
package enum GatewayFault: Error, Sendable, CustomStringConvertible {
    case unreadableRoutes(file: String, reason: String)
    case faultyRoutes(file: String, FaultyConfiguration)
    case keys(KeyFileFault)
    case store(StoreError)
    /// The database at this address cannot be used.
    case database(String, StoreError)
    /// The database of comparisons cannot be used, for this reason.
    case parity(String)
    case changedAccounts(file: String, [ChangedAccount])
    case certificate(CertificateFault)
    case vendorRoots(CertificateFault)
    /// The clock is so far ahead of the newest event that retention would remove most events.
    case clockAhead(now: Timestamp, lastUse: Timestamp)

    package var description: String {
        switch self {
        case .unreadableRoutes(let file, let reason):
            "\(file) cannot be read: \(reason). Use another file with --routes."
        case .faultyRoutes(let file, let faulty):
            faulty.faults.lines(in: file)
        case .keys(let fault):
            "\(fault)"
        case .store(let error):
            Self.message(error)
        case .database(let address, let error):
            Self.message(error, at: address)
        case .parity(let reason):
            "\(reason). If parity.sqlite in the data folder is damaged, remove it: it contains only past comparisons."
        case .changedAccounts(let file, let accounts):
            accounts.map { "\(file): \($0)" }.joined(separator: "\n")
        case .certificate(let fault):
            "\(fault). See --tls-cert and --tls-key."
        case .vendorRoots(let fault):
            "\(fault). See --vendor-ca."
        case .clockAhead(let now, let lastUse):
            "the clock says \(now.rfc3339), but the journal was last in use at \(lastUse.rfc3339): retention would remove events that "
                + "are needed to recognize duplicates. Correct the clock, or, if the gateway really was stopped that long, start it with "
                + "--accept-clock."
        }
    }

    private static func message(_ error: StoreError) -> String {
        switch error {
        case .folderInUse(let path, let process):
            "the data folder \(path) is in use by \(process.map { "process \($0)" } ?? "another process"); stop it, or use another folder with --data"
        case .newerFormat(let path, let found, let known):
            "\(path) was written by a newer version (format \(found), this one knows \(known)); use that version, or another folder with --data"
        case .unusable(let path, let reason):
            "the data folder \(path) cannot be used: \(reason). Use another one with --data."
        case .full:
            "the disk is full; free some space, or use another folder with --data"
        case .failed(let reason), .unreachable(let reason, _):
            "the store cannot be opened: \(reason)"
        case .closed:
            "the store is closed"
        case .busy, .unfinishedRead, .leaseLost:
            "the store is busy; start the gateway again"
        }
    }

    private static func message(_ error: StoreError, at address: String) -> String {
        switch error {
        case .newerFormat(_, let found, let known):
            "the journal in the database \(address) was written by a newer version (format \(found), this one knows \(known)); use that version"
        case .unusable(_, let reason):
            "the database \(address) cannot be used: \(reason)"
        case .failed(let reason), .unreachable(let reason, _):
            "the database \(address) cannot be read: \(reason)"
        case .full:
            "the disk of the database \(address) is full; free some space"
        case .folderInUse, .closed, .busy, .unfinishedRead, .leaseLost:
            "the database \(address) cannot be used; start the gateway again"
        }
    }
}
