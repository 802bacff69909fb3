import Access
package import Events
package import Journal
package import Logging
import Routing
import ServiceLifecycle
import Synchronization

/// Records who administered the gateway, failed to sign in, or read a vendor's data. Each act is stored in the journal, and logged under
/// a label of its own, so that a log collector can store these lines separately and for longer.
package final class AuditLog: Service, AuditWriting {
    /// Where the entries are stored.
    let recording: any AuditRecording
    private let clock: any WallClock
    private let logger: Logger
    private let signIns = Mutex(FailedSignIns())
    private let acts = Mutex(RefusedActs())

    /// How often refused keys and acts are written.
    private static let interval = Duration.milliseconds(500)

    package init(recording: any AuditRecording, clock: any WallClock, logger: Logger) {
        self.recording = recording
        self.clock = clock
        self.logger = logger
    }

    /// Who performed an act.
    package enum Actor: Sendable {
        case client(Caller)
        /// A user of the operating system, by the command line.
        case user(String)
        /// The gateway itself, for a changed file or a signal.
        case gateway
    }

    /// Records an administrative act. When this returns, it is in the journal; if the journal cannot store it, it is in the log only.
    /// - Parameters:
    ///   - timestamp: when it happened; now if nil.
    ///   - details: what was done to what; never a secret.
    package func write(
        _ action: String,
        by actor: Actor,
        at timestamp: Timestamp? = nil,
        _ details: [String: String]
    ) async {
        await keep(entry(.administration, action, actor, at: timestamp, details))
    }

    /// Records an administrative act together with what it changes: both or nothing.
    /// - Parameter change: stores the entry together with the change; returns false if nothing was changed.
    /// - Returns: what `change` returns.
    package func write(
        _ action: String,
        by actor: Actor,
        _ details: [String: String],
        with change: (AuditEntry) async throws(StoreError) -> Bool
    ) async throws(StoreError) -> Bool {
        let entry = entry(.administration, action, actor, at: nil, details)
        guard try await change(entry) else { return false }
        logger.notice("\(entry.action)", metadata: Self.metadata(entry))
        return true
    }

    package func write(_ entry: AuditEntry) async { await keep(entry) }

    /// Records that a client reads data from a vendor.
    func readsVendor(_ what: String, _ caller: Caller, _ details: [String: String]) async {
        await keep(entry(.vendorRead, what, .client(caller), at: nil, details))
    }

    /// Records that a client changes data at a vendor; never the content.
    func writesVendor(_ caller: Caller, _ method: String, _ path: String, at provider: ProviderName) async {
        let details = ["method": method, "path": path, "provider": provider.rawValue]
        await keep(entry(.vendorWrite, "pass", .client(caller), at: nil, details))
    }

    /// Counts a refused key. It is recorded within a second; see ``FailedSignIns`` for floods.
    func refused(_ refusal: KeyError, from address: String?, in requestID: String) {
        let now = clock.now
        signIns.withLock { $0.add(refusal, from: address, in: requestID, at: now) }
    }

    /// Counts an administrative act that the client has no scope for. It is recorded within a second; see ``RefusedActs`` for floods.
    func refused(_ act: String, by caller: Caller, needing scope: Scope) {
        let source = RefusedActs.Source(
            tenant: caller.client.tenant,
            client: caller.client.name,
            keyID: caller.key.id,
            address: caller.remoteAddress,
            act: act,
            scope: scope
        )
        let now = clock.now
        acts.withLock { $0.add(source, in: caller.requestID, at: now) }
    }

    /// Records refused keys and acts until graceful shutdown, and then the remaining ones.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                for entry in self.dueRefusals(all: false) { await self.keep(entry) }
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
        for entry in dueRefusals(all: true) { await keep(entry) }
    }

    /// The counted refusals that must be recorded now; all of them at shutdown.
    private func dueRefusals(all: Bool) -> [AuditEntry] {
        let now = clock.now
        return signIns.withLock { all ? $0.takeAll() : $0.takeDue(at: now) }
            + acts.withLock { all ? $0.takeAll() : $0.takeDue(at: now) }
    }

    private func entry(
        _ category: AuditEntry.Category,
        _ action: String,
        _ actor: Actor,
        at timestamp: Timestamp?,
        _ details: [String: String]
    ) -> AuditEntry {
        var details = details
        var (tenant, name, keyID, address): (TenantID?, String?, String?, String?)
        switch actor {
        case .client(let caller):
            tenant = caller.client.tenant
            (name, keyID, address) = (caller.client.name.rawValue, caller.key.id, caller.remoteAddress)
            details.merge(caller.audited) { given, _ in given }
        case .user(let user): name = user
        case .gateway: break
        }
        return AuditEntry(
            at: timestamp ?? clock.now,
            category: category,
            action: action,
            tenant: tenant,
            actor: name,
            keyID: keyID,
            remoteAddress: address,
            details: details
        )
    }

    /// Logs the entry first, so that it is not lost if the journal cannot store it.
    private func keep(_ entry: AuditEntry) async {
        logger.notice("\(entry.action)", metadata: Self.metadata(entry))
        do {
            try await recording.record(entry)
        } catch {
            logger.error(
                "an entry of the audit log could not be stored; it is in this log alone",
                metadata: ["action": "\(entry.action)", "error": "\(error)"]
            )
        }
    }

    /// The entry's parts as log metadata. Category, actor, tenant, key and address are added last, so that no detail replaces them.
    static func metadata(_ entry: AuditEntry) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for (name, value) in entry.details { metadata[name] = "\(value)" }
        metadata["category"] = "\(entry.category.rawValue)"
        if let actor = entry.actor { metadata["actor"] = "\(actor)" }
        if let tenant = entry.tenant { metadata["tenant"] = "\(tenant)" }
        if let keyID = entry.keyID { metadata["key_id"] = "\(keyID)" }
        if let address = entry.remoteAddress { metadata["remote_address"] = "\(address)" }
        return metadata
    }
}

extension Caller {
    /// The details that its entries have.
    var audited: [String: String] { requestID.map { [AuditEntry.requestIDDetail: $0] } ?? [:] }
}
