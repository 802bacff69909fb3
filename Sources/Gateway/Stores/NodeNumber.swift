import Foundation

/// The number by which the other gateways know this one, in a file of its data folder.
///
/// The holder of the folder's lock knows that the process that wrote the number has ended, and may release what it held.
struct NodeNumber: Sendable {
    private let file: URL

    /// - Parameter folder: the data folder.
    init(in folder: URL) {
        file = folder.appending(path: "node")
    }

    /// Nil if there is none, or it cannot be read: then the old registration expires.
    func read() -> Int64? {
        guard let content = try? Data(contentsOf: file), content.count < 32 else { return nil }
        return Int64(String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Replaces the number.
    func write(_ node: Int64) throws {
        try Data("\(node)\n".utf8).write(to: file, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }
}
