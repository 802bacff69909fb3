import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import DeliveryEngine

/// Lookups whose answers a test decides about.
private final class FakeNames: Sendable {
    enum Answer { case addresses([String]), nothing, never }

    private let answers: Mutex<[String: Answer]>
    private let asked = Mutex<[String]>([])
    private let over = DispatchSemaphore(value: 0)

    init(_ answers: [String: Answer]) {
        self.answers = Mutex(answers)
    }

    func set(_ host: String, _ answer: Answer) { answers.withLock { $0[host] = answer } }
    func count(_ host: String) -> Int { asked.withLock { $0.count { $0 == host } } }
    /// Ends the lookups that never answer.
    func end() { for _ in 0..<200 { over.signal() } }

    var lookUp: NameResolver.Lookup {
        { host in
            self.asked.withLock { $0.append(host) }
            switch self.answers.withLock({ $0[host] }) ?? .nothing {
            case .addresses(let texts): return try texts.map { try SocketAddress(ipAddress: $0, port: 0) }
            case .nothing: throw UnresolvedName()
            case .never:
                self.over.wait()
                throw UnresolvedName()
            }
        }
    }
}

/// A clock that a test sets.
private final class FakeClock: Sendable {
    private let offset = Mutex(Duration.zero)
    private let start = ContinuousClock.now
    func advance(by duration: Duration) { offset.withLock { $0 += duration } }
    var now: ContinuousClock.Instant { start + offset.withLock { $0 } }
}

@Suite struct NameResolverTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let clock = FakeClock()

    private func resolver(_ names: FakeNames) -> NameResolver {
        NameResolver(lookUp: names.lookUp, now: { [clock] in clock.now })
    }

    private func addresses(_ resolver: NameResolver, _ host: String) async throws -> [String] {
        try await resolver.addresses(of: host, port: 8443, on: eventLoop).get().map {
            "\($0.ipAddress ?? "")|\($0.port ?? 0)"
        }
    }

    @Test func `gives every address of a name with the port, and an address as it is without a lookup`() async throws {
        let names = FakeNames(["a.example": .addresses(["192.0.2.1", "2001:db8::1"])])
        let resolver = resolver(names)
        #expect(try await addresses(resolver, "a.example") == ["192.0.2.1|8443", "2001:db8::1|8443"])
        #expect(try await addresses(resolver, "192.0.2.7") == ["192.0.2.7|8443"])
        #expect(names.count("192.0.2.7") == 0)
    }

    @Test func `a name that is slow holds up no other`() async throws {
        let names = FakeNames(["slow.example": .never, "fast.example": .addresses(["192.0.2.1"])])
        let resolver = resolver(names)
        let slow = resolver.addresses(of: "slow.example", port: 1, on: eventLoop)
        for _ in 0..<50 { _ = resolver.addresses(of: "slow.example", port: 1, on: eventLoop) }
        #expect(try await addresses(resolver, "fast.example") == ["192.0.2.1|8443"])
        try await waitUntil("its thread has begun") { names.count("slow.example") > 0 }
        #expect(names.count("slow.example") == 1)
        names.end()
        await #expect(throws: UnresolvedName.self) { _ = try await slow.get() }
    }

    @Test func `asks once for all who wait, and again only when the answer is old`() async throws {
        let names = FakeNames(["a.example": .addresses(["192.0.2.1"])])
        let resolver = resolver(names)
        _ = try await addresses(resolver, "a.example")
        clock.advance(by: .seconds(29))
        _ = try await addresses(resolver, "a.example")
        #expect(names.count("a.example") == 1)
        names.set("a.example", .addresses(["192.0.2.2"]))
        clock.advance(by: .seconds(2))
        #expect(try await addresses(resolver, "a.example") == ["192.0.2.1|8443"])
        try await waitUntil("the newer address is known") {
            try await addresses(resolver, "a.example") == ["192.0.2.2|8443"]
        }
        #expect(names.count("a.example") == 2)
    }

    @Test func `goes on with a known address while name servers fail, but not for ever`() async throws {
        let names = FakeNames(["a.example": .addresses(["192.0.2.1"])])
        let resolver = resolver(names)
        _ = try await addresses(resolver, "a.example")
        names.set("a.example", .nothing)
        for _ in 0..<5 {
            clock.advance(by: .seconds(100))
            #expect(try await addresses(resolver, "a.example") == ["192.0.2.1|8443"])
        }
        clock.advance(by: .seconds(101))
        await #expect(throws: UnresolvedName.self) { _ = try await addresses(resolver, "a.example") }
    }

    @Test func `believes a failure for a second, then asks again`() async throws {
        let names = FakeNames(["a.example": .nothing])
        let resolver = resolver(names)
        for _ in 0..<3 {
            await #expect(throws: UnresolvedName.self) { _ = try await addresses(resolver, "a.example") }
        }
        #expect(names.count("a.example") == 1)
        names.set("a.example", .addresses(["192.0.2.1"]))
        clock.advance(by: .seconds(2))
        #expect(try await addresses(resolver, "a.example") == ["192.0.2.1|8443"])
    }

    @Test func `looks up as many names as wait, over a bounded number of threads`() async throws {
        let hosts = (0..<100).map { "h\($0).example" }
        let names = FakeNames(Dictionary(uniqueKeysWithValues: hosts.map { ($0, .addresses(["192.0.2.1"])) }))
        let resolver = resolver(names)
        let futures = hosts.map { resolver.addresses(of: $0, port: 1, on: eventLoop) }
        for future in futures { #expect(try await future.get().count == 1) }
    }
}
