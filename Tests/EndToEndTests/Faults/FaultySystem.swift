import Foundation
import TestSupport

/// A gateway's wall clock and name servers, which a test can put wrong while the gateway runs.
///
/// The library of the same name, loaded into the program, reads the faults from a file that it has mapped.
struct FaultySystem: Sendable {
    private let file: URL

    /// How names are resolved.
    struct Names: Sendable, Equatable {
        var delay: Duration = .zero
        /// Whether the name servers do not answer, after the delay.
        var fail = false
    }

    #if os(Linux)
        static let isAvailable = true
    #else
        static let isAvailable = false
    #endif

    /// - Parameter folder: keeps the file as long as programs run.
    init(in folder: URL) throws {
        file = folder.appending(path: "faulty-system")
        try Data(count: 24).write(to: file)
    }

    /// The variables with which a program meets the faults.
    var environment: [String: String] {
        guard Self.isAvailable else { return [:] }
        let library = ChildProcess.programs.appending(path: "libFaultySystem.so").path
        return ["LD_PRELOAD": library, "FAULTY_SYSTEM": file.path]
    }

    /// The address at which a program with these variables finds this machine under the name of a vendor.
    static func address(of vendor: String, at address: String) -> String {
        isAvailable ? address.replacing("127.0.0.1", with: "\(vendor).vendors.test") : address
    }

    /// Puts the wall clock ahead by this much; behind if negative.
    func setClock(ahead: Duration) throws {
        try write(ahead.components.seconds * 1000, at: 0)
    }

    func setNames(_ names: Names) throws {
        try write(names.delay.components.seconds * 1000, at: 8)
        try write(names.fail ? 1 : 0, at: 16)
    }

    /// In place: the program has mapped this file, and would not see another one under its name.
    private func write(_ number: Int64, at offset: UInt64) throws {
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: withUnsafeBytes(of: number) { Data($0) })
    }
}
