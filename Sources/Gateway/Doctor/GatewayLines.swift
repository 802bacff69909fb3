import JournalSQLite
import Version

/// The lines about this program and the running gateway.
enum GatewayLines {
    /// A running gateway keeps the program that it was started with, even after an upgrade.
    static func version(_ own: ProgramVersion, _ gateway: GatewayProbe) -> DoctorReport.Line {
        guard let version = gateway.version, version != own.number || gateway.commit != own.commit else {
            return DoctorReport.Line("version", .well, own.text)
        }
        let running = "\(version) (commit \(gateway.commit ?? "unknown"))"
        return DoctorReport.Line(
            "version",
            .warning,
            "\(own.text), but the gateway that runs is \(running); restart it"
        )
    }

    /// - Parameter isEmbedded: whether the journal is in the data folder, which a gateway then locks.
    static func gateway(
        _ gateway: GatewayProbe,
        _ holder: JournalFile.Holder,
        isEmbedded: Bool
    ) -> DoctorReport.Line {
        func line(_ verdict: DoctorReport.Verdict, _ text: String) -> DoctorReport.Line {
            DoctorReport.Line("gateway", verdict, text)
        }
        let process = process(holder)
        switch (gateway.version != nil, process) {
        case (true, _) where !gateway.isReady:
            return line(.problem, "\(gateway.address) responds, but is not ready; GET /readyz with a key says why")
        case (true, nil) where isEmbedded:
            return line(
                .warning,
                "\(gateway.address) is ready, but does not use this data folder; see --data and --url"
            )
        case (true, let process): return line(.well, "\(gateway.address) is ready" + (process.map { ", \($0)" } ?? ""))
        case (false, let process?):
            return line(
                .warning,
                "\(process) has the data folder, but nothing responds at \(gateway.address); see --url"
            )
        case (false, nil):
            return line(
                .warning,
                "nothing responds at \(gateway.address); start it with `tollgate serve`, or see --url"
            )
        }
    }

    private static func process(_ holder: JournalFile.Holder) -> String? {
        switch holder {
        case .nobody: nil
        case .process(let number): number.map { "process \($0)" } ?? "a process"
        }
    }
}
