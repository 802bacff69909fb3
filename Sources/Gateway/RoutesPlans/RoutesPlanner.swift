import Access
import ConfigurationFile
import Digest
import Events
import Foundation
import Ingress
import JSON
import Journal
import Logging
import Migration
import OfRecord
import ParityRuns
import Routing
import ServiceLifecycle
import Synchronization
import Vendors

/// Makes plans: previews of new routes on recorded traffic. One at a time, outside of the event loops and with bounded memory; nothing is
/// sent, and nothing except the plan is written.
final class RoutesPlanner: Service, RoutesPlanning {
    private struct State {
        var waiting: [PlanJob] = []
        var running: RoutesPlan?
        /// The newest plan for each migration.
        var checked: [MigrationName: CheckedPlan] = [:]

        func plan(_ id: String) -> RoutesPlan? {
            running?.id == id ? running : waiting.first { $0.plan.id == id }?.plan
        }
    }

    /// Maximum number of plans that wait.
    private static let mostWaiting = 16
    private let reloader: RoutesReloader
    private let traffic: any RecordedTraffic & JournalGrowth
    private let vendors: any VendorAsking
    private let folder: PlanFolder
    private let retention: Duration
    private let clock: any WallClock
    private let audit: AuditLog
    private let logger: Logger
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// - Parameter retention: how long events are kept.
    init(
        reloader: RoutesReloader,
        traffic: any RecordedTraffic & JournalGrowth,
        asking vendors: any VendorAsking,
        folder: PlanFolder,
        retention: Duration,
        clock: any WallClock,
        auditing audit: AuditLog,
        logger: Logger
    ) {
        self.reloader = reloader
        self.traffic = traffic
        self.vendors = vendors
        self.folder = folder
        self.retention = retention
        self.clock = clock
        self.audit = audit
        self.logger = logger
        // One signal is enough, however many plans wait.
        (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: - RoutesPlanning

    func plan(_ order: PlanOrder, by caller: Caller) async throws(PlanError) -> PlanAnswer {
        let now = clock.now
        let earliest = now + (.zero - retention)
        if let from = order.from, from < earliest { throw .beforeRetention(earliest: earliest) }
        let subject = try await subject(of: order, for: caller.client, at: now)
        let basis = try await basis(of: order, subject, for: caller.client)
        let id = Self.hexadecimal(SHA256.digest(of: basis.text).prefix(16))
        // Vendors' data changes independently of the journal, so a plan that asked vendors is made again.
        if subject.migration == nil, let known = try stored(id, at: now) { return known }
        let changes = RoutesChanges(from: routes.current.routes, to: subject.routes).list.map(\.summary)
        let plan = RoutesPlan(
            id: id,
            basis: basis,
            createdAt: now,
            createdBy: caller.client.name,
            changes: changes
        )
        let job = PlanJob(plan: plan, routes: subject.routes, logs: subject.logs, migration: subject.migration)
        let (current, isNew) = try enqueue(job)
        if isNew {
            wake.yield()
            var details = ["plan": id, "sample": "\(order.sample)"]
            details["migration"] = basis.migration?.rawValue
            await audit.write("routes: plan", by: .client(caller), details)
        }
        return answer(current.json, isFinished: false)
    }

    func plan(_ id: String, for client: Client) async throws(PlanError) -> PlanAnswer {
        let plan = state.withLock { $0.plan(id) }
        if let plan {
            guard Self.maySee(plan.basis.tenant, client) else { throw .unknown }
            return answer(plan.json, isFinished: false)
        }
        guard let stored = try stored(id, at: clock.now, for: client) else { throw .unknown }
        return stored
    }

    /// Why an order cannot be based on a plan.
    enum Unusable: Error {
        case unfinished
        /// The plan's file; the reason is the operating system's.
        case file(reason: String)
    }

    /// Whether the basis of an order is still as the plan found it.
    /// - Returns: nil if there is no such plan that the client may see.
    func standing(ofOrderRestingOn id: String, for client: Client) throws(Unusable) -> PlanStanding? {
        if let plan = state.withLock({ $0.plan(id) }) {
            guard Self.maySee(plan.basis.tenant, client) else { return nil }
            throw .unfinished
        }
        let content: [UInt8]?
        do {
            content = try folder.read(id)
        } catch {
            throw .file(reason: "\(error)")
        }
        guard let content, let root = JSONDocument(ifValid: content)?.root,
            let end = root["expires_at"]?.string.flatMap(Timestamp.init(rfc3339:)), clock.now < end,
            Self.maySee(root["tenant"]?.string.map { TenantID($0) }, client)
        else { return nil }
        guard root["status"]?.string == "done" else { throw .unfinished }
        return .ofOrder(resting: root, file: fileInForce, log: routes.current.logs.version)
    }

    /// - Returns: the plan, and whether it is new.
    private func enqueue(_ job: PlanJob) throws(PlanError) -> (RoutesPlan, Bool) {
        let result: (RoutesPlan, Bool)? = state.withLock { state in
            if let known = state.plan(job.plan.id) { return (known, false) }
            guard state.waiting.count < Self.mostWaiting else { return nil }
            state.waiting.append(job)
            return (job.plan, true)
        }
        guard let result else { throw .busy }
        return result
    }

    private func read(_ file: [UInt8]) async throws(PlanError) -> RoutesReader.Contents {
        do {
            return try await reloader.contents(ofSent: file)
        } catch {
            throw .faulty(error)
        }
    }

    /// What an order is about.
    private struct Subject {
        let digest: String
        let routes: Routes
        let logs: MigrationLogs
        let migration: (configuration: MigrationConfiguration, log: MigrationLog)?
    }

    private func subject(of order: PlanOrder, for client: Client, at now: Timestamp) async throws(PlanError) -> Subject
    {
        let current = routes.current
        switch order.subject {
        case .file(let file):
            let reading = try await read(file)
            // With the files of the active routes: if it refers to others once it is active itself, orders need another plan.
            let digest = Self.hexadecimal(reloader.active.neighbours.digest(with: file))
            return Subject(digest: digest, routes: reading.routes, logs: current.logs, migration: nil)
        case .migration(let name):
            guard let migration = current.routes.migration(named: name), current.routes.maySee(migration, client) else {
                throw .unknownMigration(name)
            }
            let log = current.logs[name]
            return Subject(
                digest: fileInForce,
                routes: current.routes,
                logs: current.logs.replacing(log.mirroring(from: now), of: name),
                migration: (migration, log)
            )
        }
    }

    private func basis(of order: PlanOrder, _ subject: Subject, for client: Client) async throws(PlanError) -> PlanBasis
    {
        do {
            return PlanBasis(
                routes: PlannedRoutes(
                    file: subject.digest,
                    fileInForce: fileInForce,
                    migrationLog: routes.current.logs.version
                ),
                journal: try await traffic.newestPosition(),
                clock: order.clock,
                from: order.from,
                until: order.until,
                sample: order.sample,
                tenant: client.may(.admin) ? nil : client.tenant,
                migration: subject.migration?.configuration.name
            )
        } catch {
            throw .store(error)
        }
    }

    /// A finished plan; nil if there is none that the client may see.
    private func stored(_ id: String, at now: Timestamp, for client: Client? = nil) throws(PlanError) -> PlanAnswer? {
        let content: [UInt8]?
        do {
            content = try folder.read(id)
        } catch {
            throw .file(reason: "\(error)")
        }
        guard let content, let root = JSONDocument(ifValid: content)?.root,
            let end = root["expires_at"]?.string.flatMap(Timestamp.init(rfc3339:)), now < end
        else { return nil }
        let tenant = root["tenant"]?.string.map { TenantID($0) }
        if let client, !Self.maySee(tenant, client) { return nil }
        // A failed plan may be tried again.
        if client == nil, root["status"]?.string != "done" { return nil }
        return answer(content, isFinished: true)
    }

    /// - Parameter tenant: of the plan; nil if it covers all tenants.
    private static func maySee(_ tenant: TenantID?, _ client: Client) -> Bool {
        client.may(.admin) || tenant == client.tenant
    }

    /// A finished plan, and whether the active routes have changed since.
    private func answer(_ json: [UInt8], isFinished: Bool) -> PlanAnswer {
        guard let root = JSONDocument(ifValid: json)?.root else {
            return PlanAnswer(json: json, isFinished: isFinished)
        }
        let standing = PlanStanding(of: root, file: fileInForce, log: routes.current.logs.version)
        var writer = JSONWriter(capacity: json.count + 32)
        writer.beginObject()
        for member in root.members { writer.member(member.name, raw: member.value.raw) }
        writer.member("stale", bool: standing != .current)
        writer.endObject()
        return PlanAnswer(json: writer.bytes, isFinished: isFinished)
    }

    private var routes: CurrentRoutes { reloader.routes }

    private var fileInForce: String { Self.hexadecimal(reloader.active.digest) }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: - Making

    /// Makes waiting plans until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            self.removeOld()
            self.recallChecks()
            for await _ in self.wakes {
                while let job = self.next() { await self.make(job) }
            }
        }
    }

    private func next() -> PlanJob? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            let job = state.waiting.removeFirst()
            state.running = job.plan
            return job
        }
    }

    private func make(_ job: PlanJob) async {
        var plan = job.plan
        let start = ContinuousClock.now
        do {
            let making = PlanMaking(job: job, traffic: traffic, vendors: vendors) { events in
                self.state.withLock { $0.running?.state = .running(events: events) }
            }
            plan.state = try await making.make()
        } catch is CancellationError {
            return
        } catch {
            logger.error("a plan failed", metadata: ["plan": "\(plan.id)", "error": "\(error)"])
            plan.state = .failed("the journal could not be read; the log has the reason")
        }
        removeOld()
        do {
            try folder.write(plan)
        } catch {
            logger.error("a plan could not be stored", metadata: ["plan": "\(plan.id)", "error": "\(error)"])
        }
        note(plan.json)
        state.withLock { $0.running = nil }
        let milliseconds = (ContinuousClock.now - start).wholeMilliseconds
        logger.info("a plan was made", metadata: ["plan": "\(plan.id)", "milliseconds": "\(milliseconds)"])
    }

    // MARK: - Checks of migrations

    /// The findings of the newest plan for a migration; nil if there is none, or if other routes have become active since.
    func checked(_ name: MigrationName) -> CheckedPlan? {
        guard let known = state.withLock({ $0.checked[name] }), known.file == fileInForce,
            clock.now < known.madeAt + RoutesPlan.lifetime
        else { return nil }
        return known
    }

    private func note(_ plan: [UInt8]) {
        guard let plan = JSONDocument(ifValid: plan).flatMap({ CheckedPlan($0.root) }) else { return }
        state.withLock { state in
            guard state.checked[plan.migration].map({ $0.madeAt <= plan.madeAt }) ?? true else { return }
            state.checked[plan.migration] = plan
        }
    }

    private func recallChecks() {
        do {
            for plan in try folder.all() { note(plan) }
        } catch {
            logger.error("earlier plans could not be read", metadata: ["error": "\(error)"])
        }
    }

    private func removeOld() {
        do {
            try folder.removeOld(at: clock.now)
        } catch {
            logger.error("old plans could not be removed", metadata: ["error": "\(error)"])
        }
    }
}
