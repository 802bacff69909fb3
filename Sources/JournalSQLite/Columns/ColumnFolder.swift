import Foundation

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The folder of the search index: a file a segment.
typealias ColumnFolder = IndexFolder<ColumnSegment>

extension ColumnSegment: IndexFile {
    static let index = "the search index"
    static let keyText = "tollgate column segment"
    static let ending = "columns"

    var place: URL? { file }
}

extension IndexFolder<ColumnSegment> {
    /// Writes a segment that is in memory: first under another name, flushed, then renamed, so that a crash leaves no half segment.
    func write(_ segment: ColumnSegment) throws -> ColumnSegment {
        guard let image = segment.image else { return segment }
        let name = "\(segment.range.lowerBound)-\(segment.range.upperBound).\(ColumnSegment.ending)"
        let file = folder.appending(path: name)
        let temporary = file.appendingPathExtension("new")
        guard FileManager.default.createFile(atPath: temporary.path, contents: nil, attributes: FolderPermissions.file)
        else {
            throw CocoaError(.fileWriteUnknown)
        }
        let handle = try FileHandle(forWritingTo: temporary)
        try handle.write(contentsOf: image)
        try handle.synchronize()
        try handle.close()
        guard rename(temporary.path, file.path) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return try ColumnSegment(opening: file, keyCheck: keyCheck)
    }
}
