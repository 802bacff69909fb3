import Events
import Randomness
import Testing

@testable import VendorReads

/// How many reads of a provider are in flight.
@Suite struct ConcurrentReadsTests {
    @Test func `each provider has a limit of its own`() {
        let reads = ConcurrentReads(limit: 2)
        #expect(reads.begin("a") && reads.begin("a") && !reads.begin("a"))
        #expect(reads.begin("b"))
        reads.end("a")
        #expect(reads.begin("a") && !reads.begin("a"))
    }

    /// A read that was refused has nothing to end, but one that ends too often makes no room for more.
    @Test func `ends without a beginning make no room`() {
        let reads = ConcurrentReads(limit: 1)
        for _ in 0..<5 { reads.end("a") }
        #expect(reads.begin("a") && !reads.begin("a"))
    }

    @Test func `agrees with a count of what began and ended`() {
        let reads = ConcurrentReads(limit: 3)
        var random = SplitMix(seed: 11)
        var counts: [ProviderName: Int] = [:]
        for _ in 0..<1000 {
            let provider: ProviderName = ["a", "b", "c"].randomElement(using: &random) ?? "a"
            let count = counts[provider, default: 0]
            if Bool.random(using: &random) {
                #expect(reads.begin(provider) == (count < 3))
                counts[provider] = min(3, count + 1)
            } else if count > 0 {
                reads.end(provider)
                counts[provider] = count - 1
            }
        }
    }

    @Test func `a refusal says why and what to do`() {
        #expect(
            ReadError.tooMany("lago", limit: 8).message
                == "8 reads of provider lago are in flight, which is the maximum; try again"
        )
        #expect(
            ReadError.rateLimited("lago").message
                == "deliveries use the whole rate limit of provider lago, and reads have lower priority; try again later"
        )
    }
}
