import Testing

@testable import Sandbox

/// Pages as clients ask for them: no number is too large, and none is negative.
@Suite struct SandboxPageTests {
    @Test(
        arguments: [
            (nil, 1), (0, 1), (-1, 1), (Int.min, 1), (1, 1), (7, 7), (1_000_000_000, 1_000_000_000),
            (Int.max, 1_000_000_000),
        ] as [(Int?, Int)]
    )
    func `pages are counted from 1`(asked: Int?, number: Int) {
        #expect(SandboxPage.number(asked) == number)
    }

    @Test(arguments: [(nil, 50), (0, 50), (-5, 50), (Int.min, 50), (1, 1), (Int.max, 1_000_000_000)] as [(Int?, Int)])
    func `a size that is not positive is the standard one`(asked: Int?, size: Int) {
        #expect(SandboxPage.size(asked, standard: 50) == size)
    }

    @Test(arguments: [(nil, 0), (-1, 0), (Int.min, 0), (3, 3), (Int.max, 1_000_000_000)] as [(Int?, Int)])
    func `what is skipped is not negative`(asked: Int?, skipped: Int) {
        #expect(SandboxPage.skipped(asked) == skipped)
        let (product, overflows) = SandboxPage.skipped(asked).multipliedReportingOverflow(by: SandboxPage.number(.max))
        #expect(!overflows && product >= 0)
    }
}
