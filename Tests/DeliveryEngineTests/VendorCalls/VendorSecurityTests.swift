import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

@testable import DeliveryEngine

/// What TLS needs is made once, and again if that failed.
@Suite struct VendorSecurityTests {
    /// As of a process that has too many files open.
    private struct Unreadable: Error {}

    @Test func `forgets a failure, and keeps what was made`() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let tries = Mutex(0)
        let security = NIOLoopBoundBox.makeBoxSendingValue(
            VendorSecurity(trusting: [], on: loop) { configuration in
                let count = tries.withLock { tries in
                    tries += 1
                    return tries
                }
                if count == 1 { throw Unreadable() }
                return try NIOSSLContext(configuration: configuration)
            },
            eventLoop: loop
        )
        func context() async throws -> NIOSSLContext {
            try await loop.flatSubmit { security.value.context() }.get()
        }
        await #expect(throws: Unreadable.self) { _ = try await context() }
        let made = try await context()
        #expect(try await context() === made)
        #expect(tries.withLock { $0 } == 2)
    }
}
