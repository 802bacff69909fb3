import Foundation

/// What a crash leaves behind: a short trace on standard error, within a fifth of a second.
///
/// By default the Swift runtime stops all threads until it has found the name of every frame of the trace in the debug information, which
/// took 8 s and more for this program; meanwhile no connection is answered or closed. Without names it takes 0.1 s, and
/// `llvm-symbolizer --obj=tollgate` finds them afterwards from the addresses that the trace has. Registers stay out, because they may hold a
/// part of a key.
enum CrashTrace {
    private static let variable = "SWIFT_BACKTRACE"
    private static let settings = [
        "enable=yes", "interactive=no", "color=no", "threads=crashed", "limit=24", "images=mentioned", "registers=none",
        "symbolicate=off", "sanitize=yes",
    ].joined(separator: ",")

    /// Starts the program again in the same process with these settings, because the runtime reads them before `main`. An operator's own
    /// settings hold; where the program cannot be started again, those of the runtime do.
    static func prepare() {
        guard getenv(variable) == nil, setenv(variable, settings, 1) == 0 else { return }
        do {
            // By its path, which the list of processes then shows.
            let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            execv(path, CommandLine.unsafeArgv)
        } catch {
            return
        }
    }
}
