import DeliveryEngine
import Events
import Foundation
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

/// Bodies of any size, and clients that do not stay.
@Suite struct PassStreamTests {
    private static let size = 100 << 20
    /// More than what sockets, their buffers and the gateway together may hold.
    private static let most = 32 << 20

    /// A number that a test's threads share.
    private final class Count: Sendable {
        private let number = Mutex(0)

        var value: Int { number.withLock { $0 } }

        func add(_ more: Int) { number.withLock { $0 += more } }
    }

    /// Waits until a number above 0 stands still for a while, and returns it. Threads of a busy machine pause too.
    ///
    /// From a thread of its own: the system ends a connection whose client takes nothing for a minute, which a task that waits for its turn
    /// beside others may take.
    private static func standstill(_ what: String, _ number: () -> Int) throws -> Int {
        var (last, looks) = (-1, 0)
        try blockUntil(what) {
            let now = number()
            looks = now > 0 && now == last ? looks + 1 : 0
            last = now
            Thread.sleep(forTimeInterval: 0.1)
            return looks >= 15
        }
        return last
    }

    @Test func `holds back a vendor whose client does not read, and then brings all`() async throws {
        try await PassStage.set({ _ in .stream(Self.size) }, patience: "10m") { (server, vendor) async throws in
            let (sent, count) = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(PassStage.request("GET", "/acme/v1/customers/export", headers: ["Connection: close"]))
                let sent = try Self.standstill("the vendor is held back") { vendor.sent }
                return (sent, try talk.countToEnd())
            }
            #expect(sent < Self.most, "\(sent)")
            #expect(count > Self.size && count < Self.size + 2_000)
            // The client may have the last bytes before the vendor has counted them.
            try await waitUntil("the vendor has counted all") { vendor.sent == Self.size }
        }
    }

    @Test func `holds back a client whose vendor does not read`() async throws {
        try await PassStage.set({ _ in .readNothing }, patience: "10m") { (server, vendor) async throws in
            let sent = Count()
            async let done: Void = RawConversation.hold(with: server.port) { talk in
                let head = ["Content-Length: \(Self.size)"]
                try talk.send(PassStage.request("POST", "/acme/v1/customers/import", headers: head))
                let piece = String(repeating: "x", count: 64 << 10)
                do {
                    while sent.value < Self.size {
                        try talk.send(piece)
                        sent.add(piece.utf8.count)
                    }
                } catch is RawConversation.Failure {
                    // The gateway has ended the connection with the vendor's.
                }
            }
            let held = try await onThreadOfItsOwn { try Self.standstill("the client is held back") { sent.value } }
            #expect(held < Self.most, "\(held)")
            vendor.stop()
            try await done
        }
    }

    /// A thousand clients that hang up while the vendor thinks, or in the middle of its answer.
    @Test func `ends the vendor's call of each client that hangs up`() async throws {
        let (rounds, crowd) = (25, 40)
        try await PassStage.set(
            { request in
                .stall(request.line.contains("half") ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf" : "")
            },
            // Longer than the test waits.
            patience: "10m"
        ) { (server, vendor) async throws in
            for round in 1...rounds {
                try await RawConversation.hold(crowd, with: server.port) { talks in
                    for (index, talk) in talks.enumerated() {
                        let path = index.isMultiple(of: 2) ? "half" : "none"
                        try talk.send(PassStage.request("GET", "/acme/v1/customers/\(path)"))
                    }
                    for (index, talk) in talks.enumerated() where index.isMultiple(of: 2) {
                        try talk.read(until: "half")
                    }
                    try blockUntil("the vendor has all requests") { vendor.requests.count == round * crowd }
                }
                try await waitUntil("the vendor's calls of round \(round) end") { vendor.ended == round * crowd }
                // One client may not have as many calls at once as two rounds are.
                try await waitUntil("their places are free") {
                    server.view.passed.figures(of: "p")?.inFlight == 0
                }
            }
            #expect(vendor.requests.count == rounds * crowd)
            #expect(try await server.send(.GET, "/healthz").status == 200)
        }
    }

    @Test func `ends the vendor's call of each client that hangs up before its body is whole`() async throws {
        let crowd = 40
        try await PassStage.set({ _ in PassStage.answer() }, patience: "10m") { (server, vendor) async throws in
            try await RawConversation.hold(crowd, with: server.port) { talks in
                for (index, talk) in talks.enumerated() {
                    let framing = index.isMultiple(of: 2) ? "Content-Length: 20" : "Transfer-Encoding: chunked"
                    let request = PassStage.request("POST", "/acme/v1/customers", headers: [framing])
                    try talk.send(request + "4\r\nhalf\r\n")
                }
                try blockUntil("the vendor has all heads") { vendor.connections == crowd }
            }
            try await waitUntil("the vendor's calls end") { vendor.ended == crowd }
            #expect(vendor.requests.isEmpty)
            #expect(try await server.send(.GET, "/healthz").status == 200)
        }
    }
}
