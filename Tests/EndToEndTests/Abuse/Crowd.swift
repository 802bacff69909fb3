import Foundation
import TestSupport

/// Many connections of one hostile client. Its calls block, so they run on a thread of their own.
final class Crowd: Sendable {
    private let descriptors: [Int32]

    private init(_ descriptors: [Int32]) {
        self.descriptors = descriptors
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }

    /// Opens connections that do not block.
    static func open(_ count: Int, to port: Int) async throws -> Crowd {
        try await onThreadOfItsOwn {
            var descriptors: [Int32] = []
            for _ in 0..<count {
                let descriptor = try LoopbackSocket.connect(to: port)
                descriptors.append(descriptor)
                guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw POSIXError(.EINVAL) }
            }
            return Crowd(descriptors)
        }
    }

    /// Sends the bytes again and again on each connection, and reads nothing, until nothing more is taken or `most` bytes are sent.
    /// - Returns: how many bytes were taken.
    func flood(_ text: String, most: Int) async throws -> Int {
        try await onThreadOfItsOwn { [descriptors] in
            let bytes = Array(text.utf8)
            var (taken, refusals) = (0, 0)
            var places = [Int](repeating: 0, count: descriptors.count)
            while taken < most, refusals < 200 {
                var hasMoved = false
                for (place, descriptor) in descriptors.enumerated() {
                    let count = bytes[places[place]...].withUnsafeBytes {
                        sendto(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), nil, 0)
                    }
                    guard count > 0 else { continue }
                    hasMoved = true
                    taken += count
                    places[place] = (places[place] + count) % bytes.count
                }
                refusals = hasMoved ? 0 : refusals + 1
                if !hasMoved { usleep(5_000) }
            }
            return taken
        }
    }
}

/// What a process costs, from `/proc`.
enum Footprint {
    /// Megabytes in memory.
    static func megabytes(of process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let match = status.firstMatch(of: #/VmRSS:\s+(\d+) kB/#)
        return match.flatMap { Int($0.1) }.map { $0 / 1024 } ?? 0
    }

    /// Seconds on a processor so far.
    static func seconds(of process: Int32) throws -> Double {
        let fields =
            try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            .components(separatedBy: ") ").last?.split(separator: " ") ?? []
        return (Double(fields[11]) ?? 0) / 100 + (Double(fields[12]) ?? 0) / 100
    }
}
