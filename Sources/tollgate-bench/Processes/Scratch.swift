import Foundation
import Synchronization

/// What a run must not leave behind: its folder and the processes that it started.
final class Scratch: Sendable {
    let folder: URL
    private let running = Mutex<Set<Int32>>([])

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tollgate-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Runs `body`, and clears up afterwards, also where this program is told to stop.
    static func with(_ body: (Scratch) async throws -> Void) async throws {
        let scratch = try Scratch()
        let signals = scratch.clearOnSignals()
        defer {
            scratch.clear()
            for signal in signals { signal.cancel() }
        }
        try await body(scratch)
    }

    /// Registers a process, which is killed if the benchmark is interrupted.
    func started(_ process: Int32) {
        running.withLock { _ = $0.insert(process) }
    }

    /// The process has ended.
    func ended(_ process: Int32) {
        running.withLock { _ = $0.remove(process) }
    }

    /// Ends what still runs, by its id, and deletes the folder.
    private func clear() {
        for process in running.withLock({ $0 }) { kill(process, SIGKILL) }
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            FileHandle.standardError.write(Data("cannot delete \(folder.path): \(error)\n".utf8))
        }
    }

    /// Clears and ends this program when it is told to stop; holds as long as the result is kept.
    private func clearOnSignals() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in
                clear()
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }
}
