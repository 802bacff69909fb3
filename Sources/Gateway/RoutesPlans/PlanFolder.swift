import Events
import Foundation
import Migration

/// Finished plans, one file each in the data folder. They name events and contain some of their values, so only their owner can read
/// them.
struct PlanFolder: Sendable {
    private let folder: URL

    /// Maximum number of plans that are kept; beyond it the oldest is removed.
    static let most = 200

    /// - Parameter dataFolder: the folder in which the plans' folder is.
    init(in dataFolder: URL) {
        folder = dataFolder.appending(path: "plans")
    }

    /// Stores a plan, replacing one with the same id.
    func write(_ plan: RoutesPlan) throws {
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: attributes
        )
        let new = folder.appending(path: "new")
        let content = Data(plan.json)
        guard
            FileManager.default.createFile(atPath: new.path, contents: content, attributes: [.posixPermissions: 0o600])
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        guard rename(new.path, file(plan.id).path) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    /// The plan with this id, as JSON; nil if there is none.
    func read(_ id: String) throws -> [UInt8]? {
        guard Self.isID(id), FileManager.default.fileExists(atPath: file(id).path) else { return nil }
        return [UInt8](try Data(contentsOf: file(id)))
    }

    /// All plans, as JSON.
    func all() throws -> [[UInt8]] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }.map { [UInt8](try Data(contentsOf: $0)) }
    }

    /// Removes what is older than ``RoutesPlan/lifetime``, and the oldest beyond ``most``.
    func removeOld(at now: Timestamp) throws {
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        let limit = Date(timeIntervalSince1970: Double((now + (.zero - RoutesPlan.lifetime)).milliseconds) / 1000)
        let files = try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: [.contentModificationDateKey]
        )
        let dated = try files.map { file in
            (file, try file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate ?? limit)
        }
        let newest = dated.sorted { $0.1 > $1.1 }
        for (index, (file, date)) in newest.enumerated() where index >= Self.most || date < limit {
            try FileManager.default.removeItem(at: file)
        }
    }

    private func file(_ id: String) -> URL { folder.appending(path: "\(id).json") }

    /// Whether a text from outside is the name of a file here.
    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
