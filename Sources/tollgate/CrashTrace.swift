import Foundation

/// What a crash leaves behind: a short trace on standard error, within a fifth of a second.
///
/// By default the Swift runtime stops all threads until it has found the name of every frame of the trace in the debug information, which
/// took 8 s and more for this program; meanwhile no connection is answered or closed. Without names it takes 0.1 s, and
/// `llvm-symbolizer --obj=tollgate` finds them afterwards from the addresses that the trace has. Registers stay out, because they may hold a
/// part of a key.
enum CrashTrace {
    /// Which the Swift runtime reads before `main`.
    private static let variable = "SWIFT_BACKTRACE"

    /// The runtime's settings for a program.
    ///
    /// The runtime starts another program that writes the trace, and finds it beside Swift. Where there is no Swift it is the one that the
    /// packages have in the prefix of the program: `/usr/libexec/tollgate/swift-backtrace` for `/usr/bin/tollgate`.
    /// - Parameter program: the program's path, without links.
    static func settings(for program: String) -> String {
        var settings = [
            "enable=yes", "interactive=no", "color=no", "threads=crashed", "limit=24", "images=mentioned",
            "registers=none", "symbolicate=off", "sanitize=yes",
        ]
        let prefix = URL(filePath: program).deletingLastPathComponent().deletingLastPathComponent()
        let writer = prefix.appending(path: "libexec/tollgate/swift-backtrace").path
        // A comma would end the setting.
        if !writer.contains(","), FileManager.default.isExecutableFile(atPath: writer) {
            settings.append("swift-backtrace=\(writer)")
        }
        return settings.joined(separator: ",")
    }

    /// Starts the program again in the same process with these settings, because the runtime reads them before `main`. An operator's own
    /// settings hold; where the program cannot be started again, those of the runtime do.
    static func prepare() {
        guard getenv(variable) == nil else { return }
        do {
            // By its path, which the list of processes then shows.
            let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            guard setenv(variable, settings(for: path), 1) == 0 else { return }
            execv(path, CommandLine.unsafeArgv)
        } catch {
            return
        }
    }
}
