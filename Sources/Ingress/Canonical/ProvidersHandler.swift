import Access
import DeliveryEngine
import Events
import JSON
import Journal
import Parity
import Routing
import Telemetry

/// `GET /v1/providers`: the state of each provider.
///
/// A backlog counts the events of all tenants, and a vendor's message may concern any of them. So a client sees the accounts that belong
/// to its tenant alone; with the scope `admin` it sees all.
struct ProvidersHandler: Sendable {
    private let archive: any EventArchive
    private let monitor: DeliveryMonitor
    private let passed: PassedTraffic
    private let routes: CurrentRoutes
    private let clock: any WallClock
    private let owners: (any AccountOwning)?
    private let watches: (any WatchReading)?
    private let latencies: VendorLatencies
    private let batchSizes: VendorBatchSizes

    init(_ services: EndpointServices) {
        archive = services.given.journal
        monitor = services.given.delivery.monitor
        passed = services.given.delivery.passed
        routes = services.given.routes
        clock = services.given.clock
        owners = services.given.operations.others?.owners
        watches = services.given.operations.watches
        latencies = services.given.delivery.latencies
        batchSizes = services.given.delivery.batchSizes
    }

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        do {
            return .json(try await json(for: call.client))
        } catch let error as StoreError {
            throw Problem(error)
        }
    }

    private func json(for client: Client) async throws -> [UInt8] {
        let states = monitor.current
        let routes = routes.current.routes
        let visible = routes.providersSeen(by: client)
        let configured = visible ?? routes.providers
        let reports = await reports()
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        writer.key("providers")
        writer.beginArray()
        for provider in configured {
            let backlog = try await archive.backlog(of: provider.name)
            write(provider.name, provider.traits.adapter, states[provider.name], backlog, reports, to: &writer)
        }
        // Events that wait for a removed provider are not delivered, so an operator must see them.
        for name in visible == nil ? try await archive.providersWithBacklog() : []
        where !configured.contains(where: { $0.name == name }) {
            write(name, nil, states[name], try await archive.backlog(of: name), reports, to: &writer)
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// - Parameter adapter: nil if `routes.json` no longer has the provider.
    private func write(
        _ name: ProviderName,
        _ adapter: AdapterName?,
        _ state: PipelineMachine.Snapshot?,
        _ backlog: Backlog,
        _ reports: [ProviderName: WatchReport],
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("name", string: name.rawValue)
        writer.member("adapter", stringOrNull: adapter?.rawValue)
        writer.member("configured", bool: adapter != nil)
        Self.write(owners?.reportElsewhere(on: name), to: &writer)
        write(state, to: &writer)
        Self.write(latencies.snapshot(of: name).doublings, to: &writer)
        Self.write(batchSizes.snapshot(of: name), to: &writer)
        write(passed.figures(of: name) ?? PassFigures(), to: &writer)
        write(backlog, to: &writer)
        WatchWriter.write(reports[name] ?? WatchReport(), at: clock.now, to: &writer)
        writer.endObject()
    }

    /// Empty if they cannot be read: the rest is shown anyway.
    private func reports() async -> [ProviderName: WatchReport] {
        do { return try await watches?.reports() ?? [:] } catch { return [:] }
    }

    private func write(_ state: PipelineMachine.Snapshot?, to writer: inout JSONWriter) {
        writer.member("circuit", stringOrNull: state?.circuit)
        writer.member("circuit_open_since", stringOrNull: state?.circuitOpenSince?.rfc3339)
        writer.member("parked", bool: state?.parked != nil)
        writer.member("parked_since", stringOrNull: state?.parkedSince?.rfc3339)
        writer.member("held_until", stringOrNull: state?.heldUntil?.rfc3339)
        Self.write(state?.operatorHold, to: &writer)
        writer.member("in_flight", integer: state?.requestsInFlight ?? 0)
        writer.member("concurrency", integer: state?.concurrency ?? 0)
        writer.key("since_start")
        writer.beginObject()
        writer.member("requests", integer: state?.counts.requests ?? 0)
        writer.member("delivered", integer: state?.counts.delivered ?? 0)
        writer.member("retried", integer: state?.counts.retried ?? 0)
        writer.member("rejected", integer: state?.counts.rejected ?? 0)
        writer.member("uncertain", integer: state?.counts.uncertain ?? 0)
        writer.member("deduplicated", integer: state?.counts.alreadyThere ?? 0)
        writer.endObject()
        writer.key("last_error")
        guard let fault = state?.parked ?? state?.holdFault ?? state?.lastFault else { return writer.null() }
        writer.beginObject()
        writer.member("code", string: fault.code.rawValue)
        writer.member("message", string: fault.message)
        writer.member("vendor", stringOrNull: fault.vendor)
        writer.endObject()
    }

    private func write(_ figures: PassFigures, to writer: inout JSONWriter) {
        writer.key("passed")
        writer.beginObject()
        writer.member("in_flight", integer: figures.inFlight)
        writer.member("requests", integer: figures.requests)
        writer.member("errors", integer: figures.errors)
        writer.member("refused", integer: figures.refused)
        for (name, percentile) in [("latency_ms_p50", 50), ("latency_ms_p99", 99)] {
            writer.key(name)
            if let latency = figures.latency(percentile: percentile) {
                writer.integer(latency.wholeMilliseconds)
            } else {
                writer.null()
            }
        }
        writer.endObject()
    }

    /// Writes the member `latencies`.
    private static func write(_ doublings: [(below: Duration, count: Int)], to writer: inout JSONWriter) {
        writer.key("latencies")
        writer.beginArray()
        for doubling in doublings {
            writer.beginObject()
            writer.member("below_us", integer: Int(clamping: doubling.below.wholeMicroseconds))
            writer.member("requests", integer: doubling.count)
            writer.endObject()
        }
        writer.endArray()
    }

    /// Writes the member `batch_sizes`.
    private static func write(_ sizes: [BatchSizeCounts.Bucket], to writer: inout JSONWriter) {
        writer.key("batch_sizes")
        writer.beginArray()
        for size in sizes {
            writer.beginObject()
            writer.member("up_to_events", integer: size.most)
            writer.member("requests", integer: size.requests)
            writer.endObject()
        }
        writer.endArray()
    }

    /// Writes the member `gateway`.
    private static func write(_ report: AccountReport?, to writer: inout JSONWriter) {
        writer.key("gateway")
        guard let report else { return writer.null() }
        writer.beginObject()
        writer.member("name", stringOrNull: report.gatewayName)
        writer.member("ready", bool: report.state.isReady)
        writer.member("detail", string: report.state.detail)
        writer.member("report_age_seconds", integer: report.age.wholeMilliseconds / 1000)
        writer.endObject()
    }

    /// Writes the member `operator_hold`.
    static func write(_ hold: OperatorHold?, to writer: inout JSONWriter) {
        writer.key("operator_hold")
        guard let hold else { return writer.null() }
        writer.beginObject()
        writer.member("until", string: hold.until.rfc3339)
        writer.member("client", string: hold.by.rawValue)
        writer.member("at", string: hold.at.rfc3339)
        writer.endObject()
    }

    private func write(_ backlog: Backlog, to writer: inout JSONWriter) {
        writer.key("backlog")
        writer.beginObject()
        writer.member("events", integer: backlog.events)
        writer.member("oldest_accepted_at", stringOrNull: backlog.oldest?.rfc3339)
        writer.key("age_seconds")
        if let oldest = backlog.oldest {
            writer.integer(max(0, (clock.now - oldest).wholeMilliseconds / 1000))
        } else {
            writer.integer(0)
        }
        writer.endObject()
    }
}
