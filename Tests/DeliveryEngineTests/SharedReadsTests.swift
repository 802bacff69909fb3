import Events
import Routing
import Synchronization
import Testing
import Vendors

@testable import DeliveryEngine

/// Reads of one vendor by several gateways.
@Suite struct SharedReadsTests {
    /// Gives what it is told to, and notes what it was asked for.
    private final class Tokens: TokenAllotting {
        private let state: Mutex<(grants: [TokenGrant?], orders: [TokenOrder])>

        /// - Parameter grants: the answers in their order; the last one is repeated.
        init(_ grants: [TokenGrant?]) {
            state = Mutex((grants, []))
        }

        var orders: [TokenOrder] { state.withLock { $0.orders } }

        func allot(_ order: TokenOrder) async -> TokenGrant? {
            state.withLock { state in
                state.orders.append(order)
                return state.grants.count > 1 ? state.grants.removeFirst() : state.grants[0]
            }
        }
    }

    private static let there = TokenGrant(tokens: 1, left: 0)
    private static let gone = TokenGrant(tokens: 0, left: 0)

    private static func admission(_ tokens: Tokens, limit: String = #", "rate_limit": "1000/s""#) throws
        -> ReadAdmission
    {
        let text = """
            {"version": 1,
             "providers": {"p": {"adapter": "lago", "credential": {"env": "K"}, "reads": {"share": 30}\(limit)}},
             "routes": [{"name": "r", "to": [{"provider": "p"}]}], "clients": []}
            """
        let routes = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
        return ReadAdmission(sharing: SharedReads(tokens, routes: CurrentRoutes(routes)))
    }

    @Test func `a read takes a token of the part that the owner leaves out`() async throws {
        let tokens = Tokens([Self.there])
        let admission = try Self.admission(tokens)
        #expect(admission.isShared && !ReadAdmission().isShared)
        #expect(await admission.admit(to: "p", within: .zero))
        #expect(admission.admitted(to: "p") == 1)
        let order = try #require(tokens.orders.first)
        #expect(order.holder == "provider:p" && order.needed == 1)
        // A tenth of 300 at once, and the rest evenly.
        #expect(order.limit.requests == 30)
        #expect(abs(order.limit.per / .seconds(1) - 30.0 / 270) < 1e-6)
    }

    @Test func `a read waits until there is a token again`() async throws {
        let tokens = Tokens([Self.gone, Self.gone, Self.there])
        #expect(try await Self.admission(tokens).admit(to: "p", within: nil))
        #expect(tokens.orders.count == 3)
    }

    @Test func `a read that would wait longer than it may is refused at once`() async throws {
        let tokens = Tokens([TokenGrant(tokens: 0, left: -1_000_000)])
        #expect(try await !Self.admission(tokens).admit(to: "p", within: .milliseconds(500)))
        #expect(tokens.orders.count == 1)
    }

    @Test func `reads pass where there is no limit, or nobody to ask`() async throws {
        let tokens = Tokens([nil])
        #expect(try await Self.admission(tokens).admit(to: "unknown", within: .zero))
        #expect(tokens.orders.isEmpty)
        #expect(try await Self.admission(tokens).admit(to: "p", within: .zero))
    }

    @Test func `the owner leaves the share of reads out of its rate limit`() {
        var settings = PipelineSettings(
            provider: "p",
            batch: BatchLimit(events: 1, bytes: 1000),
            deduplication: .none,
            rateLimit: RateLimit(requests: 400, per: .seconds(60))
        )
        settings.readsShare = 30
        #expect(settings.leavingOutReads.rateLimit == RateLimit(requests: 280, per: .seconds(60)))
        settings.rateLimit = nil
        #expect(settings.leavingOutReads == settings)
    }
}
