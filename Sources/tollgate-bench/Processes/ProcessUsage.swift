import Foundation

/// What a process takes of the machine, by `/proc`; zeros where there is none.
struct ProcessUsage {
    let residentBytes: Int
    /// The most that was ever resident.
    let peakBytes: Int
    /// What the process caused to be written to disks.
    let writtenBytes: Int
    /// What the process has used of processors, to a hundredth of a second.
    let processorSeconds: Double

    init(of process: Int32) {
        let status = Self.fields(of: "/proc/\(process)/status")
        residentBytes = (status["VmRSS"] ?? 0) << 10
        peakBytes = (status["VmHWM"] ?? 0) << 10
        writtenBytes = Self.fields(of: "/proc/\(process)/io")["write_bytes"] ?? 0
        processorSeconds = Self.processorSeconds(of: process)
    }

    /// User and system time of a process, from `/proc`.
    private static func processorSeconds(of process: Int32) -> Double {
        let file = FileManager.default.contents(atPath: "/proc/\(process)/stat")
        let text = file.map { String(decoding: $0, as: UTF8.self) } ?? ""
        // Behind the program's name, which may have spaces: fields 14 and 15 of proc(5), in ticks.
        let fields = text.split(separator: ")").last?.split(separator: " ").compactMap { Double($0) } ?? []
        // The state is no number.
        guard fields.count > 12 else { return 0 }
        return (fields[10] + fields[11]) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The `name: value` lines of a file in `/proc`.
    private static func fields(of path: String) -> [String: Int] {
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let pairs = text.split(separator: "\n").compactMap { line -> (String, Int)? in
            let words = line.split { $0 == ":" || $0.isWhitespace }
            guard words.count > 1, let value = Int(words[1]) else { return nil }
            return (String(words[0]), value)
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
