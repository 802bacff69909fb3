import Events
import Testing

@testable import Ingress

@Suite struct BudgetTests {
    @Test func `gives out as many bytes as there are, and gets them back`() {
        let budget = BodyBudget(limitBytes: 100)
        #expect(budget.take(60) && budget.take(40) && !budget.take(1) && budget.take(0))
        budget.giveBack(60)
        #expect(budget.take(60) && budget.usedBytes == 100)
    }

    @Test func `has room for one body alone, however small it is`() {
        let budget = BodyBudget(limitBytes: 100)
        #expect(budget.take(500) && !budget.take(1))
        budget.giveBack(500)
        #expect(budget.take(1) && budget.usedBytes == 1)
    }

    @Test func `keeps an eighth for small bodies, whatever large ones take`() {
        let small = BodyBudget.smallBytes
        let budget = BodyBudget(limitBytes: 16 * small)
        for _ in 0..<7 { #expect(budget.take(2 * small)) }
        #expect(!budget.take(2 * small))
        // A large body that comes in small pieces.
        #expect(budget.take(small))
        #expect(!budget.take(small, after: small))
        #expect(budget.take(small))
        #expect(!budget.take(1))
        for _ in 0..<7 { budget.giveBack(2 * small) }
        #expect(budget.take(2 * small))
    }

    @Test func `gets back all that a request took, when the request ends`() {
        let budget = BodyBudget(limitBytes: 100)
        do {
            let lease = BodyLease(of: budget)
            #expect(lease.take(50) && lease.take(50) && !lease.take(1))
            withExtendedLifetime(lease) {}
        }
        #expect(budget.usedBytes == 0)
    }

    @Test func `counts places by who holds them, and all together`() {
        var places = HolderLimits<String>(limit: 3, perHolder: 2)
        #expect(throws: Never.self) { for name in ["a", "a", "b"] { try places.take(for: name) } }
        #expect(throws: HolderLimits<String>.LimitReached.holderHasAll) { try places.take(for: "a") }
        #expect(throws: HolderLimits<String>.LimitReached.allTaken) { try places.take(for: "b") }
        places.giveBack(of: "a")
        places.giveBack(of: "nobody")
        #expect(places.count == 2 && places.count(of: "a") == 1)
        #expect(throws: Never.self) { try places.take(for: "c") }
    }

    @Test func `lets each client read so often at a time, whatever others do`() async throws {
        var settings = IngressSettings.Capacity()
        settings.readsPerClient = 2
        let capacity = IngressCapacity(settings)
        func isRefused(_ client: ClientName) async -> Bool {
            do {
                return try await capacity.asRead(of: client) { false }
            } catch {
                return (error as? Problem)?.kind == "too-many-reads"
            }
        }
        try await capacity.asRead(of: "a") {
            #expect(await !isRefused("a"))
            try await capacity.asRead(of: "a") {
                #expect(await isRefused("a"))
                #expect(await !isRefused("b"), "also of the same tenant")
            }
            #expect(await !isRefused("a"), "a place is given back")
        }
        // Also by a read that fails.
        for _ in 0..<3 {
            await #expect(throws: CancellationError.self) {
                try await capacity.asRead(of: "a") { throw CancellationError() }
            }
        }
        #expect(await !isRefused("a"))
    }
}
