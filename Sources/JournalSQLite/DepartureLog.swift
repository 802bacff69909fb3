import Foundation
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// An event and the provider that it is sent to, by numbers.
struct Departure: Hashable, Sendable {
    let provider: Int64
    let sequence: Int64
}

/// Which of the intended requests have left: tells after a kill what was certainly not sent.
///
/// It is written without a flush, because what a process has written outlives the process. It does not outlive the system, so it names
/// the system's start and is believed only while that is the same. Where it cannot be written it is taken away, and after a crash every
/// intent counts as sent.
final class DepartureLog: Sendable {
    private struct State {
        var descriptor: Int32
        var end: Int
    }

    private let path: String
    private let limitBytes: Int
    /// Nil: the log cannot be written, and there is none.
    private let state: Mutex<State?>

    private static let headerBytes = 64
    private static let recordBytes = 16

    /// Starts a log with what may have left before, in place of the one that is there.
    /// - Parameter limitBytes: the size at which what is settled is taken out.
    init(in folder: URL, with departed: [Departure], limitBytes: Int = 1 << 20, boot: String? = SystemStart.identity) {
        path = folder.appending(path: "departures").path
        self.limitBytes = limitBytes
        state = Mutex(boot.flatMap { Self.make(at: folder.appending(path: "departures").path, $0, departed) })
        if boot == nil { unlink(path) }
    }

    deinit {
        state.withLock { state in
            if let state { close(state.descriptor) }
        }
    }

    /// What had left when the previous process ended; nil if that is unknown.
    static func departed(in folder: URL, boot: String? = SystemStart.identity) -> Set<Departure>? {
        guard let boot, let content = FileManager.default.contents(atPath: folder.appending(path: "departures").path),
            content.starts(with: header(boot))
        else { return nil }
        return Set(records(Array(content.dropFirst(headerBytes))))
    }

    /// Notes that a request leaves.
    /// - Parameter isOpen: whether a departure has no outcome yet; those that have are not kept forever.
    func add(_ departures: [Departure], isOpen: (Departure) -> Bool) {
        state.withLock { state in
            guard let current = state else { return }
            if let written = Self.append(departures, to: current) {
                state = written
                if written.end > limitBytes { state = compacted(written, isOpen) }
            } else {
                state = nil
                takeAway(current)
            }
        }
    }

    /// The same without what is settled. A kill leaves the one or the other.
    private func compacted(_ old: State, _ isOpen: (Departure) -> Bool) -> State? {
        var content = [UInt8](repeating: 0, count: old.end)
        guard pread(old.descriptor, &content, old.end, 0) == old.end else { return old }
        let header = Array(content.prefix(Self.headerBytes))
        let open = Self.records(Array(content.dropFirst(Self.headerBytes))).filter(isOpen)
        guard let new = Self.make(at: path, header, open) else { return old }
        close(old.descriptor)
        return new
    }

    /// Spoils the header first, which takes no room on a full disk.
    private func takeAway(_ state: State) {
        let nothing = [UInt8](repeating: 0, count: Self.headerBytes)
        _ = pwrite(state.descriptor, nothing, nothing.count, 0)
        close(state.descriptor)
        unlink(path)
    }

    // MARK: - The file

    private static func make(at path: String, _ boot: String, _ departures: [Departure]) -> State? {
        make(at: path, header(boot), departures)
    }

    private static func make(at path: String, _ header: [UInt8], _ departures: [Departure]) -> State? {
        let draft = path + ".new"
        let descriptor = open(draft, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            unlink(path)
            return nil
        }
        guard pwrite(descriptor, header, header.count, 0) == header.count,
            let state = append(departures, to: State(descriptor: descriptor, end: header.count)),
            rename(draft, path) == 0
        else {
            close(descriptor)
            unlink(draft)
            unlink(path)
            return nil
        }
        return state
    }

    private static func append(_ departures: [Departure], to state: State) -> State? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(departures.count * recordBytes)
        for departure in departures {
            for number in [departure.provider, departure.sequence] {
                withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        guard pwrite(state.descriptor, bytes, bytes.count, off_t(state.end)) == bytes.count else { return nil }
        return State(descriptor: state.descriptor, end: state.end + bytes.count)
    }

    private static func records(_ bytes: [UInt8]) -> [Departure] {
        stride(from: 0, to: bytes.count - recordBytes + 1, by: recordBytes).map { start in
            func number(_ offset: Int) -> Int64 {
                bytes.withUnsafeBytes {
                    Int64(littleEndian: $0.loadUnaligned(fromByteOffset: start + offset, as: Int64.self))
                }
            }
            return Departure(provider: number(0), sequence: number(8))
        }
    }

    private static func header(_ boot: String) -> [UInt8] {
        var header = Array("tollgate departures 1 \(boot)".utf8.prefix(headerBytes - 1))
        header += [UInt8](repeating: UInt8(ascii: " "), count: headerBytes - 1 - header.count)
        return header + [UInt8(ascii: "\n")]
    }
}

/// Tells one start of the operating system from the next.
enum SystemStart {
    /// Nil if the system does not tell.
    static let identity: String? = {
        #if canImport(Darwin)
            var text = [CChar](repeating: 0, count: 64)
            var size = text.count
            guard sysctlbyname("kern.bootsessionuuid", &text, &size, nil, 0) == 0 else { return nil }
            let identity = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #else
            let content = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
            let identity = String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        #endif
        return identity.isEmpty ? nil : identity
    }()
}
