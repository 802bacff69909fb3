import ArgumentParser

/// The rows of the page, in their order.
enum RowName: String, CaseIterable, ExpressibleByArgument {
    case noop, writer, accept
    case acceptWithoutLog = "accept-without-log"
    case acceptBatch = "accept-batch"
    case deliver, backlog, single, hang, passed, memory, disk, long, simulators
    case plan, backfill
    case backfillBesideLive = "backfill-live"
    case ledger, parity
    case goBack = "return"
    case dashboard

    /// What is measured only when it is asked for.
    static let optional: Set<RowName> = [
        .long, .simulators, .plan, .backfill, .backfillBesideLive, .ledger, .parity, .goBack, .dashboard,
    ]
}

/// One line of the page: what was measured, and the result.
struct Row: Encodable {
    let name: String
    let title: String
    let figures: [Figure]

    init(_ name: RowName, _ title: String, _ figures: [Figure]) {
        self.init(name: name.rawValue, title: title, figures: figures)
    }

    init(_ name: PartName, _ title: String, _ figures: [Figure]) {
        self.init(name: name.rawValue, title: title, figures: figures)
    }

    init(_ name: PostgresRowName, _ title: String, _ figures: [Figure]) {
        self.init(name: name.rawValue, title: title, figures: figures)
    }

    private init(name: String, title: String, figures: [Figure]) {
        self.name = name
        self.title = title
        self.figures = figures
    }
}

/// One number, and where there is one the number that it cannot exceed, measured in the same run.
struct Figure: Encodable {
    let name: String
    let value: Double
    let unit: String
    var limit: Double?
    var ofLimit: Double?
    var limitName: String?

    init(_ name: String, _ value: Double, _ unit: String = "", of limit: Limit? = nil) {
        self.name = name
        self.value = Self.rounded(value)
        self.unit = unit
        self.limit = limit.map { Self.rounded($0.value) }
        ofLimit = limit.map { $0.value > 0 ? (value / $0.value * 1000).rounded() / 1000 : 0 }
        limitName = limit?.name
    }

    /// To three places below the point, as far as they say something.
    private static func rounded(_ value: Double) -> Double {
        value.magnitude < 100 ? (value * 1000).rounded() / 1000 : value.rounded()
    }
}

/// What a rate cannot exceed on this machine, by something simpler that was measured in the same run.
struct Limit {
    let name: String
    let value: Double
}

extension LoadReport {
    /// The latencies; and the failures, if there were any.
    var latencyFigures: [Figure] {
        let latencies = [Figure("p50", Double(p50) / 1000, "ms"), Figure("p99", Double(p99) / 1000, "ms")]
        return failed == 0 ? latencies : latencies + [Figure("FAILED", Double(failed), "requests")]
    }
}
