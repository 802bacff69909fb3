import JournalSQLite
import Testing
import Version

@testable import Gateway

@Suite struct GatewayLinesTests {
    private let own = ProgramVersion.current

    private func probe(_ version: String?, _ commit: String? = nil, isReady: Bool = true) -> GatewayProbe {
        GatewayProbe(address: "http://a", version: version, commit: commit, isReady: isReady)
    }

    @Test func `reports a gateway that runs another program`() {
        #expect(GatewayLines.version(own, probe(nil)).verdict == .well)
        #expect(GatewayLines.version(own, probe(own.number, own.commit)).verdict == .well)
        let older = GatewayLines.version(own, probe("0.0.1", "abc"))
        #expect(older.verdict == .warning && older.text.contains("0.0.1 (commit abc); restart it"))
    }

    @Test(arguments: [
        (true, true, JournalFile.Holder.process(7), DoctorReport.Verdict.well, "is ready, process 7"),
        (true, false, .process(7), .problem, "not ready"), (true, true, .nobody, .warning, "not use this data folder"),
        (false, false, .process(7), .warning, "process 7 has the data folder"),
        (false, false, .process(nil), .warning, "a process has the data folder"),
        (false, false, .nobody, .warning, "tollgate serve"),
    ])
    func `tells a running gateway from a stopped one`(
        responds: Bool,
        isReady: Bool,
        holder: JournalFile.Holder,
        verdict: DoctorReport.Verdict,
        words: String
    ) {
        let probe = probe(responds ? "0.1.0" : nil, isReady: isReady)
        let line = GatewayLines.gateway(probe, holder, isEmbedded: true)
        #expect(line.verdict == verdict && line.text.contains(words), "\(line)")
    }

    @Test func `expects no lock of a gateway whose journal is elsewhere`() {
        #expect(GatewayLines.gateway(probe("0.1.0"), .nobody, isEmbedded: false).verdict == .well)
    }

    @Test func `reads the limit of open files of a process`() {
        let table = """
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             96195                96195                processes
            Max open files            1024                 524288               files
            """
        #expect(FileUse.limit(in: table) == 1024)
        #expect(FileUse.limit(in: "Max open files   unlimited  unlimited  files") == .max)
        #expect(FileUse.limit(in: "") == nil)
    }

    @Test func `reports a low limit of open files, and one that is nearly reached`() {
        #expect(FilesLine.line(FileUse(open: 20, limit: 524_288)).verdict == .well)
        #expect(FilesLine.line(FileUse(open: nil, limit: 1024)).verdict == .warning)
        #expect(FilesLine.line(FileUse(open: 950, limit: 1000)).verdict == .problem)
    }

    @Test func `is as bad as its worst line`() {
        let lines = DoctorReport.Verdict.allCases.map { DoctorReport.Line("n", $0, "t") }
        #expect(DoctorReport(lines).verdict == .problem && DoctorReport([lines[0], lines[1]]).verdict == .warning)
        #expect(DoctorReport([lines[0]]).verdict == .well)
        let json = String(decoding: DoctorReport([lines[1]]).json, as: UTF8.self)
        #expect(json == #"{"verdict":"warning","parts":[{"name":"n","verdict":"warning","text":"t"}]}"#)
    }
}
