import Foundation
import JournalSQLite

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How many files and sockets a gateway has open, and the limit.
struct FileUse: Sendable, Equatable {
    /// Nil if no gateway runs, or if this user is not allowed to see it.
    let open: Int?
    let limit: Int

    /// For the process that has the data folder; if there is none, or it cannot be seen, for a process that is started now.
    static func of(_ holder: JournalFile.Holder) -> FileUse {
        if case .process(let process?) = holder, let limit = limit(of: process) {
            let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
            return FileUse(open: names?.count, limit: limit)
        }
        return FileUse(open: nil, limit: ownLimit)
    }

    /// The limit of a process, as Linux shows it.
    private static func limit(of process: Int32) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8) else { return nil }
        return limit(in: text)
    }

    /// The soft limit of open files in such a table: `Max open files  1024  524288  files`.
    static func limit(in table: String) -> Int? {
        let line = table.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        let number = line?.dropFirst("Max open files".count).split(separator: " ").first
        return number.flatMap { $0 == "unlimited" ? Int.max : Int($0) }
    }

    /// A gateway raises its soft limit to the hard one.
    private static var ownLimit: Int {
        var limit = rlimit()
        #if canImport(Darwin)
            let resource = RLIMIT_NOFILE
        #else
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        return getrlimit(resource, &limit) == 0 ? Int(clamping: limit.rlim_max) : 0
    }
}

/// The line about open files.
enum FilesLine {
    /// With less, a gateway accepts few connections.
    private static let enough = 4096

    /// A warning above nine tenths of the limit, or if the limit is low.
    static func line(_ use: FileUse) -> DoctorReport.Line {
        let limit = use.limit == .max ? "unlimited" : "\(use.limit)"
        if let open = use.open, open > use.limit / 10 * 9 {
            return DoctorReport.Line(
                "files",
                .problem,
                "\(open) of at most \(limit) are open; raise the limit (ulimit -n, LimitNOFILE)"
            )
        }
        let open = use.open.map { "\($0) open, " } ?? ""
        guard use.limit < enough else { return DoctorReport.Line("files", .well, "\(open)at most \(limit)") }
        return DoctorReport.Line(
            "files",
            .warning,
            "\(open)at most \(limit), which limits connections; raise it to 12000 or more (ulimit -n, LimitNOFILE)"
        )
    }
}
