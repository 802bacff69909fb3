import Events
import JSON
import Journal
import Parity
import Routing

/// What the comparison of amounts at one provider came to.
struct UsageResult {
    /// By the name of the metric; customers are counted.
    var cells: [ExactText: CellCounts] = [:]
    var findings: [Finding] = []
    var calls = 0
    /// Why nothing could be compared; nil if it was.
    var unreadable: String?

    var record: WindowRecord { WindowRecord(cells: cells, findings: findings, calls: calls, unreadable: unreadable) }

    /// For a second result of the same reads: their calls are counted once.
    var withoutCalls: UsageResult {
        var result = self
        result.calls = 0
        return result
    }

    static func unreadable(_ reason: String, _ run: ParityRun, _ provider: ProviderName) -> UsageResult {
        let finding = Finding(
            key: "unreadable",
            provider: provider,
            cause: .unreadable,
            about: FindingSubject(name: "", timestamp: run.order.window.from),
            detail: "The amounts could not be compared: \(reason).",
            isConfirmed: true
        )
        return UsageResult(findings: [finding], unreadable: reason)
    }
}

/// What a vendor said when it was asked what it can bill by.
struct VendorCatalogue: Sendable {
    let answer: VendorInquiry<[CatalogueMetric]>
    let calls: Int
}

/// Asks one provider what it bills, compares it with the journal, and looks for the events of the customers that differ.
struct UsageComparison {
    private let run: ParityRun
    private let runner: ParityRunner
    private let metrics: UsageMetrics
    private let provider: ProviderConfiguration
    private let reader: any VendorReader
    private let traits: UsageTraits
    private let ledger: UsageLedger
    /// Nil: the vendor is asked again.
    private let catalogue: VendorCatalogue?
    private var result = UsageResult()
    /// What the vendor shows, by amount.
    private var shown: [UsageLedger.Key: VendorUsage] = [:]
    private var definitions: [ExactText: CatalogueMetric] = [:]

    /// Customers of one provider whose events are looked for.
    static let mostSearched = 100

    /// Why nothing is compared any more.
    private enum Failure: Error {
        /// For people.
        case unreadable(String)
        case cancelled
    }

    init(
        _ run: ParityRun,
        _ runner: ParityRunner,
        _ metrics: UsageMetrics,
        _ provider: ProviderConfiguration,
        _ reader: any VendorReader,
        _ traits: UsageTraits,
        _ ledger: UsageLedger,
        _ catalogue: VendorCatalogue?
    ) {
        self.catalogue = catalogue
        self.run = run
        self.runner = runner
        self.metrics = metrics
        self.provider = provider
        self.reader = reader
        self.traits = traits
        self.ledger = ledger
    }

    /// - Returns: nil if the task was cancelled.
    mutating func compare() async -> UsageResult? {
        do throws(Failure) {
            try checkIDs()
            try await readCatalogue()
            try await readUsage()
            try await compareAmounts()
            return result
        } catch {
            switch error {
            case .cancelled: return nil
            case .unreadable(let reason):
                var unreadable = UsageResult.unreadable(reason, run, provider.name)
                unreadable.calls = result.calls
                return unreadable
            }
        }
    }

    private var compared: [UsageMetric] { metrics.all.filter { $0.ids[provider.name] != nil } }

    private func checkIDs() throws(Failure) {
        guard !compared.isEmpty else {
            throw .unreadable("no metric names its counterpart at \(provider.name); add it to the metrics")
        }
    }

    private mutating func readCatalogue() async throws(Failure) {
        let catalogue = try await askedCatalogue()
        definitions = Dictionary(catalogue.map { ($0.id.exact, $0) }) { $1 }
        for metric in compared {
            guard let id = metric.ids[provider.name], definitions[id.exact] == nil else { continue }
            throw .unreadable("\(provider.traits.vendor) has no metric \"\(id)\", which is meant for \(metric.name)")
        }
    }

    private mutating func askedCatalogue() async throws(Failure) -> [CatalogueMetric] {
        guard let catalogue else { return try await ask(reader.catalogue()) }
        result.calls += catalogue.calls
        return try value(of: catalogue.answer)
    }

    private mutating func readUsage() async throws(Failure) {
        let names = Dictionary(compared.map { (($0.ids[provider.name] ?? "").exact, $0.name) }) { $1 }
        if traits.scope == .metric {
            for (id, name) in names.sorted(by: { $0.key < $1.key }) {
                for row in try await ask(reader.usage(of: id.rawValue)) {
                    let customer = UsageCustomer(id: row.customerID, subscriptionID: nil)
                    shown[UsageLedger.Key(metric: name, customer: customer)] = row
                }
            }
            return
        }
        let customers = Set((ledger.totals[provider.name] ?? [:]).keys.map(\.customer))
        for customer in customers.sorted(by: Self.precedes) {
            let rows = try await ask(
                reader.usage(of: customer, metrics: names.keys.sorted().map(\.rawValue), in: run.order.window)
            )
            for row in rows {
                guard let name = names[row.metric.exact] else { continue }
                shown[UsageLedger.Key(metric: name, customer: customer)] = row
            }
        }
    }

    private static func precedes(_ left: UsageCustomer, _ right: UsageCustomer) -> Bool {
        let (id, other) = ((left.id ?? "").exact, (right.id ?? "").exact)
        return id == other ? (left.subscriptionID ?? "").exact < (right.subscriptionID ?? "").exact : id < other
    }

    private mutating func compareAmounts() async throws(Failure) {
        guard let rules = ledger.rules(at: provider.name) else { return }
        var open: [UsageLedger.Key] = []
        for metric in compared {
            for key in keys(of: metric) {
                let own = ledger.totals[provider.name]?[key] ?? UsageTotals(metric, rules)
                let verdict = UsageVerdict.of(
                    shown[key],
                    own,
                    metric,
                    rules,
                    definition: metric.ids[provider.name].flatMap { definitions[$0.exact] },
                    vendor: provider.traits.vendor
                )
                note(verdict, key, metric, own, shown[key])
                switch verdict {
                case .open, .explained(.usageDiffers, _): open.append(key)
                case .unknown(let reason): throw .unreadable(reason)
                case .equal, .rounding, .explained: break
                }
            }
        }
        try await search(open)
        for metric in compared { addTotal(of: metric) }
    }

    /// All amounts of a metric, those first that come first by customer and subscription.
    private func keys(of metric: UsageMetric) -> [UsageLedger.Key] {
        Set((ledger.totals[provider.name] ?? [:]).keys).union(shown.keys)
            .filter { $0.metric.exact == metric.name.exact }.sorted { Self.precedes($0.customer, $1.customer) }
    }

    /// The total of a metric, if it is a sum and differs: for the reason for which the customers' amounts differ, if they have one.
    private mutating func addTotal(of metric: UsageMetric) {
        let causes = Set(
            result.findings.filter {
                $0.subject.name.exact == metric.name.exact && $0.subject.eventID == nil && $0.subject.sequence == nil
                    && $0.differences.first?.field == Self.units
            }.map(\.cause)
        ).subtracting([.rounding])
        guard metric.aggregate.isAdditive, !causes.isEmpty else { return }
        var (own, theirs) = (DecimalSum(), DecimalSum())
        for key in keys(of: metric) {
            let planned = ledger.totals[provider.name]?[key]?.planned.units(metric.aggregate)
            for (text, isOwn) in [(planned, true), (shown[key]?.units, false)] {
                guard let number = text.flatMap({ JSONNumber($0) }) else { continue }
                if isOwn { own.add(number) } else { theirs.add(number) }
            }
        }
        guard let sent = own.text, let total = theirs.text, !UsageFigure(total).equals(sent) else { return }
        result.findings.insert(
            Finding(
                key: "usage \(metric.name)",
                provider: provider.name,
                cause: causes.count == 1 ? causes.first ?? .usageDiffers : .usageDiffers,
                about: FindingSubject(name: metric.name, timestamp: run.order.window.from),
                differences: [ContentDifference(field: Self.units, kind: .value, sent: sent, shown: total)],
                detail: "The total of all customers."
            ),
            at: 0
        )
    }

    private static let units = "units"

    private mutating func note(
        _ verdict: UsageVerdict,
        _ key: UsageLedger.Key,
        _ metric: UsageMetric,
        _ own: UsageTotals,
        _ row: VendorUsage?
    ) {
        var counts = CellCounts()
        if own.planned.events > 0 { counts.expected = 1 }
        if row != nil { counts.found = own.planned.events > 0 ? 1 : 0 }
        switch verdict {
        case .equal, .unknown: if own.planned.events > 0 { counts.found = 1 }
        case .rounding: addFinding(.rounding, key, own, row, metric, detail: nil)
        case .explained(let cause, let detail):
            Self.mark(&counts, row)
            addFinding(cause, key, own, row, metric, detail: detail)
        case .open:
            Self.mark(&counts, row)
            addFinding(.unexplained, key, own, row, metric, detail: nil)
        }
        result.cells[metric.name.exact, default: CellCounts()] += counts
    }

    private static func mark(_ counts: inout CellCounts, _ row: VendorUsage?) {
        if counts.expected == 0 {
            counts.extra = 1
        } else if row == nil {
            counts.missing = 1
        } else {
            counts.different = 1
        }
    }

    private mutating func addFinding(
        _ cause: Cause,
        _ key: UsageLedger.Key,
        _ own: UsageTotals,
        _ row: VendorUsage?,
        _ metric: UsageMetric,
        detail: String?
    ) {
        let units = own.planned.units(metric.aggregate)
        let worth = Self.unpriced.contains(cause) ? nil : UsageWorth(of: units, row)
        result.findings.append(
            Finding(
                key: Self.findingKey(key),
                provider: provider.name,
                cause: cause,
                about: FindingSubject(
                    name: metric.name,
                    customerID: key.customer.id,
                    subscriptionID: key.customer.subscriptionID,
                    timestamp: run.order.window.from
                ),
                differences: [ContentDifference(field: Self.units, kind: .value, sent: units, shown: row?.units)]
                    + (worth.map { [$0.difference] } ?? []),
                detail: detail
            )
        )
    }

    /// Causes with which the vendor's units are of another kind, or of another period, so that their price is not that of the journal's.
    private static let unpriced: Set<Cause> = [.rounding, .otherPeriod, .aggregationDiffers]

    private static func findingKey(_ key: UsageLedger.Key) -> String {
        "usage \(key.metric)\u{1F}\(key.customer.id ?? "")\u{1F}\(key.customer.subscriptionID ?? "")"
    }

    // MARK: Events

    /// Looks for the events of amounts that differ, and says which amounts they explain.
    private mutating func search(_ keys: [UsageLedger.Key]) async throws(Failure) {
        let wanted = keys.prefix(Self.mostSearched)
        guard let rules = ledger.rules(at: provider.name), !wanted.isEmpty else { return }
        for key in keys.dropFirst(Self.mostSearched) {
            explain(
                key,
                detail: "More than \(Self.mostSearched) customers differ; the events of this one were not read."
            )
        }
        let events: UsageEvents
        do {
            guard let read = try await UsageEvents.read(Set(wanted), of: ledger, run, runner, provider, traits) else {
                throw Failure.cancelled
            }
            events = read
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .unreadable("the journal could not be read: \(error)")
        }
        for key in wanted {
            guard let recorded = events[key], let metric = metrics[key.metric] else {
                explain(key, detail: "It has too many events to compare them one by one; narrow the window.")
                continue
            }
            let search = UsageEventSearch(
                run: run,
                runner: runner,
                provider: provider,
                traits: traits,
                metric: metric,
                owner: owner(of: key),
                recorded: recorded,
                lanes: events.lanes,
                times: ledger.times(of: key, at: provider.name),
                rules: rules
            )
            do throws(WindowReader.Failure) {
                let found = try await search.search()
                result.calls += found.calls
                result.findings += found.findings
                explain(key, found)
            } catch {
                switch error {
                case .unreadable(let reason): throw .unreadable(reason)
                case .tooLarge:
                    explain(key, detail: "The vendor has too many events of it to compare them one by one.")
                case .cancelled: throw .cancelled
                }
            }
        }
    }

    private func owner(of key: UsageLedger.Key) -> WindowOwner {
        let isBySubscription = traits.scope == .subscription
        return WindowOwner(
            name: vendorName(of: key),
            // A vendor that bills by subscription does not tell whose an event is.
            customerID: isBySubscription ? nil : key.customer.id,
            subscriptionID: key.customer.subscriptionID
        )
    }

    private func vendorName(of key: UsageLedger.Key) -> String {
        let id = metrics[key.metric]?.ids[provider.name]
        return ledger.vendorNames[provider.name]?[key.metric.exact] ?? id.flatMap { definitions[$0.exact]?.eventName }
            ?? key.metric
    }

    /// The events are known: the amount follows from them, or the reason is unknown.
    private mutating func explain(_ key: UsageLedger.Key, _ found: UsageEventSearch.Found) {
        guard let metric = metrics[key.metric], let index = index(of: key, .unexplained) else { return }
        let figure = UsageFigure(shown[key]?.units ?? "0")
        let listed = found.listed.units(metric.aggregate)
        let follows =
            listed.map {
                figure.equals($0)
                    || traits.isFloat && figure.isNear($0, found.listed.tolerance(metric.aggregate))
            } ?? false
        // Nothing is billed of what a vendor has no customer, subscription or metric for.
        let isUnbilled = shown[key] == nil && found.findings.contains { Self.unbilled.contains($0.cause) }
        if !found.findings.isEmpty, follows || isUnbilled {
            result.findings[index] = result.findings[index].explained(
                as: .usageDiffers,
                result.findings[index].differences
            )
        } else {
            let total = listed.map { ", which come to \($0)" } ?? ""
            explain(key, detail: "\(provider.traits.vendor) lists \(found.listed.events) events of it\(total).")
        }
    }

    private static let unbilled: Set<Cause> = [.noMetric, .noCustomer, .noSubscription]

    private mutating func explain(_ key: UsageLedger.Key, detail: String) {
        guard let index = index(of: key, .unexplained) else { return }
        result.findings[index] = result.findings[index].with(detail: detail)
    }

    private func index(of key: UsageLedger.Key, _ cause: Cause) -> Int? {
        let wanted = Self.findingKey(key).exact
        return result.findings.firstIndex { $0.cause == cause && $0.key.exact == wanted }
    }

    private mutating func ask<Value>(_ inquiry: VendorInquiry<Value>) async throws(Failure) -> Value {
        try value(of: await runner.vendors.ask(inquiry, at: provider, counting: &result.calls))
    }

    private func value<Value>(of answer: VendorInquiry<Value>?) throws(Failure) -> Value {
        switch answer {
        case .done(let value)?: return value
        case .failed(let fault)?: throw .unreadable(fault.message)
        case .unsupported(let reason)?:
            throw .unreadable(reason ?? "\(provider.traits.vendor) shows no usage")
        case .ask?, nil: throw .cancelled
        }
    }
}
