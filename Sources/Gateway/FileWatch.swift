import Foundation

/// What tells one version of a file from another without reading it; nil parts if there is no file.
struct FileSignature: Equatable {
    /// Where the links of the path lead: a mounted file is replaced by pointing a link elsewhere.
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
            // There is none right now; the reader of the file will say why.
            attributes = [:]
        }
        number = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value
        modified = attributes[.modificationDate] as? Date
        size = (attributes[.size] as? NSNumber)?.uint64Value
    }
}

/// When a watched file is worth reading: when it differs from what was read, and stood still since the last look, so that half a file
/// is not taken for a faulty one.
struct FileWatch {
    private var read: FileSignature
    private var seen: FileSignature

    /// - Parameter signature: of the file that was read.
    init(_ signature: FileSignature) {
        read = signature
        seen = signature
    }

    /// Told at each look what the file is like; true if it is another, for a file that is never seen half written.
    mutating func hasChanged(_ signature: FileSignature) -> Bool {
        defer { (read, seen) = (signature, signature) }
        return signature != read
    }

    /// Told at each look what the file is like; true if it is to be read now.
    mutating func isDue(_ signature: FileSignature) -> Bool {
        defer { seen = signature }
        guard signature != read, signature == seen else { return false }
        read = signature
        return true
    }
}
