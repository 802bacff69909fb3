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

/// The file that the current routes are from.
struct ActiveRoutesFile: Sendable {
    let content: [UInt8]
    /// When the routes were replaced by those of this content.
    let loadedAt: Timestamp
    /// Counts the contents since the start, from 1 on.
    let version: Int
}

/// Reloads a changed `routes.json` while the gateway runs: when the file changes, on SIGHUP, and when a client asks for it.
///
/// The reload is atomic: an invalid file is refused with its faults in the log and in the response, and the current routes stay active. Requests
/// in flight finish with the routes that they started with.
final class RoutesReloader: Service, RoutesReloading {
    private struct State {
        var active: ActiveRoutesFile
        /// The content that was last refused, so that a watched file says so once.
        var refused: [UInt8]?
        var watch: FileWatch
    }

    /// The outcome of a look at the file.
    private enum Outcome {
        case unchanged
        case reloaded(RoutesChanges, warnings: [ConfigurationFault])
        case refused(ReloadError, isKnown: Bool)
    }

    /// How often the file's attributes are checked.
    private static let interval = Duration.milliseconds(500)

    private let file: URL
    private let reader: RoutesReader
    private let routes: CurrentRoutes
    private let vault: CredentialVault
    private let archive: any EventArchive
    private let logger: Logger
    /// Whoever changes the file administers the gateway, however the change comes in.
    private let audit: AuditLog
    private let clock = SystemWallClock()
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
        state = Mutex(
            State(
                active: ActiveRoutesFile(content: content, loadedAt: clock.now, version: 1),
                watch: FileWatch(signature)
            )
        )
    }

    /// The content of the active file.
    var content: [UInt8] { active.content }

    /// The file that the current routes are from.
    var active: ActiveRoutesFile { state.withLock { $0.active } }

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
            await tell(await reloadFile(), by: .gateway, because: "the file has changed", mustAnswer: false)
        }
    }

    private func waitForSignals() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            await tell(await reloadFile(), by: .gateway, because: "SIGHUP", mustAnswer: true)
        }
    }

    // MARK: - RoutesReloading

    func reload(by caller: Caller) async throws(ReloadError) -> ReloadResult {
        let outcome = await reloadFile()
        let reason = "client \(caller.client.name) asked for it"
        await tell(outcome, by: .client(caller), because: reason, mustAnswer: true)
        switch outcome {
        case .unchanged:
            let now = routes.current.routes
            return ReloadResult(changes: RoutesChanges(from: now, to: now), warnings: [], stranded: [])
        case .reloaded(let changes, let warnings):
            return ReloadResult(changes: changes, warnings: warnings, stranded: try await stranded(by: changes))
        case .refused(let refusal, _):
            throw refusal
        }
    }

    func compare(_ bytes: [UInt8]) async throws(ReloadError) -> ReloadResult {
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
        var result = ReloadResult(
            changes: changes,
            warnings: reading.warnings,
            stranded: try await stranded(by: changes)
        )
        result.routes = reading.routes
        return result
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

    /// Reloads the file, unless it changed after the journal was asked about it. One reload at a time: the newest
    /// content must be the last to be taken.
    private func reloadFile() async -> Outcome {
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
            guard content != state.active.content else {
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
            guard content != state.active.content else { return .unchanged }
            if let refusal {
                let isKnown = state.refused == content
                state.refused = content
                return .refused(refusal, isKnown: isKnown)
            }
            let changes = RoutesChanges(from: routes.current.routes, to: reading.routes)
            routes.replace(by: reading.routes)
            state.active = ActiveRoutesFile(
                content: content,
                loadedAt: clock.now,
                version: state.active.version + 1
            )
            state.refused = nil
            return .reloaded(changes, warnings: reading.warnings)
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
        case .reloaded(let changes, let warnings):
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
                    "deliveries wait for a removed provider",
                    metadata: ["provider": "\(stranded.provider)", "events": "\(stranded.backlog.events)"]
                )
            }
        } catch {
            logger.error(
                "the backlogs of removed providers could not be read",
                metadata: ["error": "\(message(error))"]
            )
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
