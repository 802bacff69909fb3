import Foundation
import TestSupport
import Testing

/// How tests start programs.
@Suite struct ChildProcessTests {
    /// A socket that a program inherits looks open to its other end until that program is gone: tests that wait for an end would wait in
    /// vain.
    @Test func `hand no open file of this process on, however high its number`() async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let least = Int32(clamping: min(limit.rlim_cur, 1 << 20) / 2)
        let original = open("/dev/null", O_RDONLY)
        let high = fcntl(original, F_DUPFD, least)
        defer { for file in [original, high] { close(file) } }
        #expect(original >= 3 && high >= least)
        let child = try ChildProcess(path: "ls", ["/proc/self/fd"])
        #expect(try await child.waitForExit() == 0)
        // The last is the folder that it lists.
        #expect(child.lines == ["0", "1", "2", "3"])
    }
}
