import Testing

@testable import Dashboard

@Suite struct ParityMatrixTests {
    private func cell(
        _ provider: String,
        _ name: String,
        expected: Int = 1000,
        missing: Int = 0,
        extra: Int = 0,
        different: Int = 0
    ) -> ParityMatrix.Cell {
        .init(
            provider: provider,
            name: name,
            expected: expected,
            missing: missing,
            extra: extra,
            different: different,
            address: "/f?name=\(name)"
        )
    }

    @Test func `writes a row per name, those with most differences first`() {
        let cells = [
            cell("lago", "api"), cell("polar", "api", missing: 2),
            cell("lago", "seats", expected: 41_210, missing: 5000),
        ]
        let markup = ParityMatrix(caption: "November", providers: ["lago", "polar"], cells: cells).markup
        #expect(
            markup == """
                <table class="matrix"><caption>November</caption>\
                <thead><tr><th scope="col">Name</th><th scope="col">lago</th><th scope="col">polar</th></tr></thead><tbody>\
                <tr><th scope="row">seats</th><td class="shade-4"><a href="/f?name=seats"><b>5,000</b>\
                <span>of 41,210: 5,000 missing</span></a></td><td class="shade-none">–</td></tr>\
                <tr><th scope="row">api</th><td class="shade-0"><b>equal</b><span>of 1,000</span></td>\
                <td class="shade-2"><a href="/f?name=api"><b>2</b><span>of 1,000: 2 missing</span></a></td></tr>\
                </tbody></table>
                """
        )
    }

    @Test(arguments: [(0, 0), (1, 1), (10, 1), (11, 2), (100, 2), (101, 3), (1000, 3), (1001, 4), (Int.max, 4)])
    func `shades by the share of events that differ`(differing: Int, shade: Int) {
        #expect(cell("p", "n", expected: 10_000, missing: differing).shade == shade)
    }

    @Test func `counts without overflow, and events that nobody expected`() {
        let cell = cell("p", "n", expected: 0, missing: .max, extra: .max, different: -1)
        #expect(cell.differing == .max)
        #expect(cell.shade == 4)
    }
}
