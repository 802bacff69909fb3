import Events
import Randomness
import Testing

@testable import Gateway

/// What `tollgate doctor` says for any figures.
@Suite struct DoctorPropertyTests {
    private static let start = Timestamp(milliseconds: 1_790_000_000_000)

    // MARK: Clocks

    /// A `Date` has whole seconds, and nobody knows when within the call it was written.
    @Test(arguments: 1...40)
    func `never says more of a difference of clocks than there is`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            let real = Int.random(in: -20_000...20_000, using: &random)
            let took = Int.random(in: 0...8000, using: &random)
            let written = Self.start + .milliseconds(real + Int.random(in: 0...took, using: &random))
            let date = Timestamp(milliseconds: written.milliseconds / 1000 * 1000)
            let clock = VendorClock(
                provider: "lago",
                date: date,
                sent: Self.start,
                received: Self.start + .milliseconds(took)
            )
            let ahead = clock.ahead.wholeMilliseconds
            #expect(ahead == 0 || ahead.signum() == Int64(real.signum()), "\(real) ms, \(took) ms")
            #expect(abs(ahead) <= abs(Int64(real)))
            // It says at least what is beyond the second and the length of the call.
            #expect(abs(ahead) >= abs(Int64(real)) - 1000 - Int64(took))
        }
    }

    /// This machine's clock is wrong only if all vendors say so, and no less than they say.
    @Test(arguments: 1...40)
    func `judges clocks by all vendors`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            let offsets = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                [0, 1, 4999, 5000, 5001, 60_000, -1, -5000, -5001, -60_000].randomElement(using: &random) ?? 0
            }
            let clocks = offsets.enumerated().map {
                VendorClock(provider: ProviderName("p\($0)"), ahead: .milliseconds($1))
            }
            let (ahead, behind) = (offsets.filter { $0 > 5000 }, offsets.filter { $0 < -5000 })
            switch ClockVerdict(clocks) {
            case .unknown: #expect(offsets.isEmpty)
            case .agrees(let vendors):
                #expect(vendors == offsets.count && vendors > 0 && ahead.isEmpty && behind.isEmpty)
            case .off(let difference):
                let least = offsets.map { abs($0) }.min() ?? 0
                #expect(abs(difference.wholeMilliseconds) == Int64(least) && least > 5000)
                let isBehind = difference < .zero
                #expect(offsets.count == (isBehind ? ahead : behind).count, "all vendors say the same")
            case .vendors(let others):
                #expect(others.count == ahead.count + behind.count && !others.isEmpty)
                #expect(ahead.count < offsets.count && behind.count < offsets.count)
            }
        }
    }

    // MARK: Sizes and files

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1099, "1.0 kB"), (1100, "1.1 kB"), (999_999, "999.9 kB"),
        (1_000_000, "1.0 MB"), (1_550_000_000, "1.5 GB"), (2_000_000_000_000, "2.0 TB"),
        (999_999_999_999_999, "999.9 TB"), (1_000_000_000_000_000, "1.0 PB"), (Int.max, "9223.3 PB"), (-5, "-5 B"),
    ])
    func `writes sizes`(bytes: Int, text: String) {
        #expect(ByteText.text(bytes) == text)
    }

    @Test(
        arguments: [
            ("Max open files            1024                 524288               files", 1024),
            ("Max open files unlimited unlimited files", Int.max), ("Max open files 0 0 files", 0),
            ("Max open files", nil), ("Max open files  ", nil), ("Max open files -1x 5 files", nil),
            ("max open files 5", nil),
            (" Max open files 5", nil), ("Max open files 9223372036854775808 5 files", nil),
            ("Max processes 7\nMax open files 8 9 files\nMax open files 10 11 files", 8),
        ] as [(String, Int?)]
    )
    func `reads the limit of open files, or none`(table: String, limit: Int?) {
        #expect(FileUse.limit(in: table) == limit)
    }

    @Test(
        arguments: [
            (nil, 4096, .well, "at most 4096"), (10, 4096, .well, "10 open, at most 4096"),
            (10, Int.max, .well, "10 open, at most unlimited"),
            (
                nil, 4095, .warning,
                "at most 4095, which limits connections; raise it to 12000 or more (ulimit -n, LimitNOFILE)"
            ),
            (
                950, 1000, .problem, "950 of at most 1000 are open; raise the limit (ulimit -n, LimitNOFILE)"
            ),
            (
                900, 1000, .warning,
                "900 open, at most 1000, which limits connections; raise it to 12000 or more (ulimit -n, LimitNOFILE)"
            ),
        ] as [(Int?, Int, DoctorReport.Verdict, String)]
    )
    func `judges open files`(open: Int?, limit: Int, verdict: DoctorReport.Verdict, text: String) {
        #expect(FilesLine.line(FileUse(open: open, limit: limit)) == DoctorReport.Line("files", verdict, text))
    }

    // MARK: The whole

    @Test(arguments: 1...20)
    func `is as bad as its worst line, in whatever order they are`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let all = DoctorReport.Verdict.allCases
        let verdicts = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in all.randomElement(using: &random) }
        let report = DoctorReport(verdicts.map { DoctorReport.Line("n", $0, "t") })
        let worst: DoctorReport.Verdict =
            verdicts.contains(.problem) ? .problem : verdicts.contains(.warning) ? .warning : .well
        #expect(report.verdict == worst)
        for (place, one) in all.enumerated() {
            for (other, two) in all.enumerated() { #expect((one < two) == (place < other)) }
        }
    }

    @Test func `writes any text as JSON`() {
        let line = DoctorReport.Line("a\"b", .problem, "\\ \n\u{0} e\u{301} </p>")
        let json = String(decoding: DoctorReport([line]).json, as: UTF8.self)
        #expect(
            json
                == #"{"verdict":"problem","parts":[{"name":"a\"b","verdict":"problem","text":"\\ \n\u0000 e\#u{301} </p>"}]}"#
        )
    }
}
