import Foundation
import Testing

@testable import tollgate

@Suite struct CrashTraceTests {
    private let prefix = FileManager.default.temporaryDirectory.appending(path: "crash-trace-\(UUID().uuidString)")

    @Test func `names the program of the package that writes traces`() throws {
        defer { try? FileManager.default.removeItem(at: prefix) }
        let folder = prefix.appending(path: "libexec/tollgate")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let writer = folder.appending(path: "swift-backtrace").path
        #expect(FileManager.default.createFile(atPath: writer, contents: nil, attributes: [.posixPermissions: 0o755]))
        let settings = CrashTrace.settings(for: prefix.appending(path: "bin/tollgate").path)
        #expect(settings.split(separator: ",").last == "swift-backtrace=\(writer)")
    }

    @Test func `leaves it to the runtime where the package is not installed`() {
        let settings = CrashTrace.settings(for: prefix.appending(path: "bin/tollgate").path)
        #expect(settings.hasPrefix("enable=yes,"))
        #expect(!settings.contains("swift-backtrace"))
    }
}
