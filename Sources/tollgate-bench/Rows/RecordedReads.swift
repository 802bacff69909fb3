import Events
import NIOCore
import NIOHTTP1
import Parity
import Vendors

/// The reads with which a comparison lists what a simulated vendor has: found out once, and then made again as they are or as bytes alone.
struct RecordedReads {
    private let vendor: SimulatedVendor
    private let server: BenchServer
    private let reader: any VendorReader
    private let traits: ReadTraits
    /// Each window's parts that are read one after another.
    private let windows: [[ReadWindow]]
    /// By window.
    private var requests: [[VendorRequest]] = []

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
        windows = histogram.windows(ofAtMost: CallForecast.windowEvents).map { Self.parts(of: $0, times, traits) }
        for parts in windows {
            var sent: [VendorRequest] = []
            for part in parts { sent += try await read(part) }
            requests.append(sent)
        }
    }

    /// How many there are.
    var count: Int { requests.reduce(0) { $0 + $1.count } }

    /// Reads the lists again, as far as the rows that a comparison takes: without a journal, and without comparing.
    func read() async throws {
        try await eachWindow { window in
            for part in windows[window] { _ = try await read(part) }
        }
    }

    /// Sends the same requests again, and does not look at the bytes of the answers.
    func send() async throws {
        try await eachWindow { window in
            for request in requests[window] { _ = try await answer(to: request) }
        }
    }

    /// Runs `body` for each window, several at a time, as comparisons do.
    private func eachWindow(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<Self.windowsAtOnce {
                group.addTask {
                    for window in stride(from: first, to: windows.count, by: Self.windowsAtOnce) {
                        try await body(window)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Parts of a window that the vendor can list in one page each.
    private static func parts(of window: ReadWindow, _ times: [Timestamp], _ traits: ReadTraits) -> [ReadWindow] {
        guard !traits.lists.isPaged else { return [window] }
        let limit = traits.lists.pageSize * 9 / 10
        return WindowSlices.slices(of: window, times, ofAtMost: limit, inSeconds: traits.lists.cutsToSeconds)
    }

    /// Reads a window.
    /// - Returns: the requests that it took.
    private func read(_ window: ReadWindow) async throws -> [VendorRequest] {
        var sent: [VendorRequest] = []
        var reading = WindowWalk(window, limit: 2 * CallForecast.windowEvents)
        var step = WindowWalk.Step.page(nil)
        while true {
            switch step {
            case .page(let cursor):
                step = reading.read(try await ask(reader.events(in: window, after: cursor), &sent))
            case .count: step = reading.counted(try await ask(reader.count(window), &sent))
            case .done: return sent
            case .split:
                guard let halves = window.halves else {
                    throw BenchFailure(description: "a window has too many events")
                }
                return try await sent + read(halves.0) + read(halves.1)
            case .unstable: throw BenchFailure(description: "\(vendor.name)'s list changes")
            }
        }
    }

    /// Carries out an inquiry against the simulator, recording its requests.
    private func ask<Value>(_ inquiry: VendorInquiry<Value>, _ sent: inout [VendorRequest]) async throws -> Value {
        var inquiry = inquiry
        while case .ask(let request, let next) = inquiry {
            sent.append(request)
            inquiry = next(try await answer(to: request))
        }
        guard case .done(let value) = inquiry else {
            throw BenchFailure(description: "\(vendor.name) could not be read: \(inquiry)")
        }
        return value
    }

    /// The simulator's response to one request.
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
