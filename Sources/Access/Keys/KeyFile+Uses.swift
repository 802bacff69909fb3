package import Events
import Foundation

/// `key-uses` in the data folder: on which day each key was used last.
extension KeyFile {
    private var usesFile: URL { file.deletingLastPathComponent().appending(path: "key-uses") }

    package func uses() throws -> KeyUses {
        guard FileManager.default.fileExists(atPath: usesFile.path) else { return KeyUses() }
        do {
            return KeyUses(reading: [UInt8](try Data(contentsOf: usesFile)))
        } catch {
            throw KeyFileFault.unreadable(path: usesFile.relativePath)
        }
    }

    package func note(_ uses: KeyUses, at now: Timestamp) throws {
        try locked {
            var all = try self.uses()
            all.merge(uses)
            all.forget(before: KeyUses.day(of: now + (.zero - KeyUses.longestAge)))
            try replace(usesFile, by: all.text)
        }
    }
}
