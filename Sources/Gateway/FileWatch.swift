import Foundation

/// Identifies a version of a file without reading it; parts are nil if there is no file.
struct FileSignature: Equatable {
    /// The target of the path's symbolic links: a mounted file is replaced by changing a link.
    private let target: String
    private let number: UInt64?
    private let modified: Date?
    private let size: UInt64?

    init(of file: URL) {
        target = file.resolvingSymlinksInPath().path
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: target)
        } catch {
            // The file is missing; its reader will report why.
            attributes = [:]
        }
        number = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value
        modified = attributes[.modificationDate] as? Date
        size = (attributes[.size] as? NSNumber)?.uint64Value
    }
}

/// Decides when to read a watched file: when it has changed and has been stable since the last check, so that a half-written file is not
/// mistaken for an invalid one.
struct FileWatch {
    private var read: [FileSignature]
    private var seen: [FileSignature]

    /// - Parameter signature: of the file that was read.
    init(_ signature: FileSignature) {
        read = [signature]
        seen = [signature]
    }

    /// Called at each check with the file's signature; true if it should be read now.
    /// - Parameter others: of the files that are read with it.
    mutating func isDue(_ signature: FileSignature, with others: [FileSignature] = []) -> Bool {
        let signatures = [signature] + others
        defer { seen = signatures }
        guard signatures != read, signatures == seen else { return false }
        read = signatures
        return true
    }

    /// What was read could not be used for a reason that is not in the file: it is due again at the next check.
    mutating func readAgain() { read = [] }
}
