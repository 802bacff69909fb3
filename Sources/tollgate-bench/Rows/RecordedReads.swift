import Events
import NIOCore
import NIOHTTP1
import Parity
import Vendors

/// The requests with which a comparison reads a simulated vendor: found out by reading once, and then sent again without looking at the
/// answers.
struct RecordedReads {
    private let vendor: SimulatedVendor
    private let server: BenchServer
    private let reader: any VendorReader
    private let traits: ReadTraits
    /// By window.
    private var requests: [[VendorRequest]] = []

    /// Maximum number of events of a window, as in a comparison.
    private static let windowEvents = 10_000
    /// Windows that are read at once, as in a comparison.
    private static let windowsAtOnce = 2

    /// Reads all that a vendor has in a span of time.
    /// - Parameter times: of the events.
    init(of vendor: SimulatedVendor, in span: ReadWindow, _ times: [Timestamp], at server: BenchServer) async throws {
        let adapter = VendorRegistry.all.first { $0.traits.adapter.rawValue == vendor.name }
        guard let adapter, let reader = adapter.reader, let traits = adapter.traits.reads else {
            throw BenchFailure(description: "\(vendor.name) shows no events")
        }
        (self.vendor, self.server, self.reader, self.traits) = (vendor, server, reader, traits)
        var histogram = TimeHistogram(span)
        for time in times { histogram.add(time) }
        for window in histogram.windows(ofAtMost: Self.windowEvents) {
            requests.append([])
            for part in parts(of: window, times) { try await record(part) }
        }
    }

    /// How many there are.
    var count: Int { requests.reduce(0) { $0 + $1.count } }

    /// Sends them again.
    func send() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<Self.windowsAtOnce {
                group.addTask {
                    for window in stride(from: first, to: requests.count, by: Self.windowsAtOnce) {
                        for request in requests[window] { _ = try await answer(to: request) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func parts(of window: ReadWindow, _ times: [Timestamp]) -> [ReadWindow] {
        guard !traits.isPaged else { return [window] }
        let limit = traits.pageSize * 9 / 10
        return WindowSlices.slices(of: window, times, ofAtMost: limit, inSeconds: traits.cutsToSeconds)
    }

    private mutating func record(_ window: ReadWindow) async throws {
        var reading = WindowReading(window, limit: 2 * Self.windowEvents)
        var step = WindowReading.Step.page(nil)
        while true {
            switch step {
            case .page(let cursor): step = reading.read(try await ask(reader.events(in: window, after: cursor)))
            case .count: step = reading.counted(try await ask(reader.count(window)))
            case .done: return
            case .split:
                guard let halves = window.halves else {
                    throw BenchFailure(description: "a window has too many events")
                }
                try await record(halves.0)
                return try await record(halves.1)
            case .unstable: throw BenchFailure(description: "\(vendor.name)'s list changes")
            }
        }
    }

    private mutating func ask<Value>(_ inquiry: VendorInquiry<Value>) async throws -> Value {
        var inquiry = inquiry
        while case .ask(let request, let next) = inquiry {
            requests[requests.count - 1].append(request)
            inquiry = next(try await answer(to: request))
        }
        guard case .done(let value) = inquiry else {
            throw BenchFailure(description: "\(vendor.name) could not be read: \(inquiry)")
        }
        return value
    }

    private func answer(to request: VendorRequest) async throws -> VendorAnswer {
        let path = "/\(vendor.name)\(request.path)"
        let answer =
            if request.method == "GET" { try await server.get(path, vendor.credential) } else {
                try await server.post(path, String(decoding: request.body, as: UTF8.self), vendor.credential)
            }
        guard answer.status == .ok else { throw BenchFailure(description: "\(path) was answered \(answer.status)") }
        return VendorAnswer(status: 200, headers: [], body: Array(answer.body.readableBytesView))
    }
}
