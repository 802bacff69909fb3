import Access
import ConfigurationFile
import Events
import Foundation
import Ingress
import Journal
import Logging
import Routing
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Takes a changed `routes.json` over while the gateway runs: when the file changes, on SIGHUP, and when a client asks for it.
///
/// Whole or not at all: a faulty file is refused with its faults in the log and in the answer, and the routes in force stay. Requests
/// under way end with the routes that they began with.
final class RoutesReloader: Service, RoutesReloading {
    private struct State {
        /// The content that is in force.
        var taken: [UInt8]
        /// The content that was last refused, so that a watched file says so once.
        var refused: [UInt8]?
        var watch: FileWatch
    }

    /// What became of a look at the file.
    private enum Outcome {
        case unchanged
        case taken(RoutesChanges, warnings: [ConfigurationFault])
        case refused(ReloadError, isKnown: Bool)
    }

    /// How often the file's attributes are looked at.
    private static let interval = Duration.milliseconds(500)

    private let file: URL
    private let reader: RoutesReader
    private let routes: CurrentRoutes
    private let vault: CredentialVault
    private let archive: any EventArchive
    private let logger: Logger
    /// Whoever changes the file administers the gateway, however the change comes in.
    private let audit: AuditLog
    private let state: Mutex<State>

    /// - Parameters:
    ///   - signature: of the file before `content` was read, so that no change in between is missed.
    ///   - content: the file as it was when `routes` were read from it.
    init(
        file: URL,
        signature: FileSignature,
        content: [UInt8],
        reader: RoutesReader,
        routes: CurrentRoutes,
        vault: CredentialVault,
        archive: any EventArchive,
        logger: Logger,
        auditing audit: AuditLog
    ) {
        self.file = file
        self.reader = reader
        self.routes = routes
        self.vault = vault
        self.archive = archive
        self.logger = logger
        self.audit = audit
        state = Mutex(State(taken: content, watch: FileWatch(signature)))
    }

    /// The content of the file that is in force.
    var content: [UInt8] { state.withLock { $0.taken } }

    /// Watches the file and waits for SIGHUP until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.watchFile() }
                group.addTask { await self.waitForSignals() }
            }
        }
    }

    private func watchFile() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            let signature = FileSignature(of: file)
            guard state.withLock({ $0.watch.isDue(signature) }) else { continue }
            await tell(await takeOver(), by: .gateway, because: "the file has changed", mustAnswer: false)
        }
    }

    private func waitForSignals() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            await tell(await takeOver(), by: .gateway, because: "SIGHUP", mustAnswer: true)
        }
    }

    // MARK: - RoutesReloading

    func reload(by caller: Caller) async throws(ReloadError) -> RoutesTakeover {
        let outcome = await takeOver()
        let reason = "client \(caller.client.name) asked for it"
        await tell(outcome, by: .client(caller), because: reason, mustAnswer: true)
        switch outcome {
        case .unchanged:
            let now = routes.current.routes
            return RoutesTakeover(changes: RoutesChanges(from: now, to: now), warnings: [], stranded: [])
        case .taken(let changes, let warnings):
            return RoutesTakeover(changes: changes, warnings: warnings, stranded: try await stranded(by: changes))
        case .refused(let refusal, _):
            throw refusal
        }
    }

    func compare(_ bytes: [UInt8]) async throws(ReloadError) -> RoutesTakeover {
        var reading: RoutesReader.Contents
        do {
            reading = try reader.read(bytes)
        } catch {
            throw .faulty(error)
        }
        try await refuseChangedAccounts(in: reading.routes)
        // These bytes come from a client, who may not choose programs that run here.
        reading = await vault.recognizeAccounts(in: reading, runsPrograms: false)
        let changes = RoutesChanges(from: routes.current.routes, to: reading.routes)
        return RoutesTakeover(changes: changes, warnings: reading.warnings, stranded: try await stranded(by: changes))
    }

    private func stranded(by changes: RoutesChanges) async throws(ReloadError) -> [StrandedDeliveries] {
        var stranded: [StrandedDeliveries] = []
        for provider in changes.removedProviders {
            do {
                let backlog = try await archive.backlog(of: provider)
                if backlog.events > 0 { stranded.append(StrandedDeliveries(provider: provider, backlog: backlog)) }
            } catch {
                throw .store(error)
            }
        }
        return stranded
    }

    // MARK: - The file

    /// What a look at the file's content has found.
    private enum Look {
        case done(Outcome)
        /// Good by itself; whether the journal agrees is not known yet.
        case good([UInt8], RoutesReader.Contents)
    }

    /// Reads the file and takes it over, if it is what it was when the journal was asked about it. One takeover at a time: the newest
    /// content must be the last to be taken.
    private func takeOver() async -> Outcome {
        while true {
            switch look() {
            case .done(let outcome): return outcome
            case .good(let content, let reading):
                let refusal = await changedAccounts(in: reading.routes)
                let reading = await vault.recognizeAccounts(in: reading, runsPrograms: true)
                if let outcome = finish(content, reading, refusal) { return outcome }
            }
        }
    }

    private func look() -> Look {
        state.withLock { state in
            let content: [UInt8]
            do throws(GatewayFault) {
                content = try RoutesFile.content(of: file)
            } catch {
                let isKnown = state.refused == []
                state.refused = []
                return .done(.refused(.unreadable(reason: "\(error)"), isKnown: isKnown))
            }
            guard content != state.taken else {
                state.refused = nil
                return .done(.unchanged)
            }
            do throws(FaultyConfiguration) {
                return .good(content, try reader.read(content))
            } catch {
                let isKnown = state.refused == content
                state.refused = content
                return .done(.refused(.faulty(error), isKnown: isKnown))
            }
        }
    }

    /// - Returns: nil if the file has changed meanwhile.
    private func finish(_ content: [UInt8], _ reading: RoutesReader.Contents, _ refusal: ReloadError?) -> Outcome? {
        state.withLock { state in
            do throws(GatewayFault) {
                guard try RoutesFile.content(of: file) == content else { return nil }
            } catch {
                // The next look says why.
                return nil
            }
            guard content != state.taken else { return .unchanged }
            if let refusal {
                let isKnown = state.refused == content
                state.refused = content
                return .refused(refusal, isKnown: isKnown)
            }
            let changes = RoutesChanges(from: routes.current.routes, to: reading.routes)
            routes.replace(by: reading.routes)
            state.taken = content
            state.refused = nil
            return .taken(changes, warnings: reading.warnings)
        }
    }

    private func changedAccounts(in routes: Routes) async -> ReloadError? {
        do throws(ReloadError) {
            try await refuseChangedAccounts(in: routes)
            return nil
        } catch {
            return error
        }
    }

    private func refuseChangedAccounts(in routes: Routes) async throws(ReloadError) {
        let changed: [ChangedAccount]
        do {
            changed = try await .found(in: routes, archive: archive)
        } catch {
            throw .store(error)
        }
        if !changed.isEmpty { throw .changedAccounts(changed) }
    }

    /// - Parameter mustAnswer: whether somebody asked, who is told also what the log has already.
    private func tell(_ outcome: Outcome, by actor: AuditLog.Actor, because reason: String, mustAnswer: Bool) async {
        switch outcome {
        case .unchanged:
            if mustAnswer { await audit.write("routes.json is unchanged", by: actor, ["reason": reason]) }
        case .taken(let changes, let warnings):
            let list = changes.list.map(\.summary).joined(separator: "; ")
            await audit.write("routes.json was reloaded", by: actor, ["reason": reason, "changes": list])
            for warning in warnings { logger.warning("\(warning.line(in: file.relativePath))") }
            for missing in await vault.missing {
                logger.warning("a credential is missing", metadata: ["detail": "\(missing)"])
            }
            await warnOfStranded(changes)
        case .refused(let refusal, let isKnown):
            guard mustAnswer || !isKnown else { return }
            await audit.write(
                "routes.json is invalid; the current routes stay active",
                by: actor,
                ["reason": reason, "faults": message(refusal)]
            )
        }
    }

    private func warnOfStranded(_ changes: RoutesChanges) async {
        do {
            for stranded in try await stranded(by: changes) {
                logger.warning(
                    "deliveries wait for a provider that is gone",
                    metadata: ["provider": "\(stranded.provider)", "events": "\(stranded.backlog.events)"]
                )
            }
        } catch {
            logger.error("what waits for removed providers is not known", metadata: ["error": "\(message(error))"])
        }
    }

    private func message(_ refusal: ReloadError) -> String {
        switch refusal {
        case .unreadable(let reason): reason
        case .changedAccounts(let accounts): accounts.map(\.description).joined(separator: "; ")
        case .faulty(let faulty): faulty.faults.lines(in: file.relativePath)
        case .store(let error): "\(error)"
        }
    }
}
