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
    /// The files that it refers to.
    let neighbours: NeighbourFiles
    /// When the routes of this content became active.
    let loadedAt: Timestamp
    /// Counts the versions since the start, from 1.
    let version: Int

    /// Of the file and those that it refers to.
    var digest: [UInt8] { neighbours.digest(with: content) }

    func isSame(_ content: [UInt8], _ neighbours: NeighbourFiles) -> Bool {
        content == self.content && neighbours == self.neighbours
    }
}

/// `routes.json` as it was when the routes were read from it.
struct LoadedRoutesFile: Sendable {
    let file: URL
    /// From before the content was read, so that no change in between is missed.
    let signature: FileSignature
    let content: [UInt8]
    /// The files that it names, as they were then.
    var neighbours = NeighbourFiles()
}

/// A content that was refused, and why.
private struct RefusedRoutes: Equatable {
    let content: [UInt8]
    let faults: FaultyConfiguration?
    /// Whether only the journal could not be read.
    let isUnchecked: Bool
}

/// Reloads a changed `routes.json` while the gateway runs: when the file changes, on SIGHUP, and when a client asks for it.
///
/// The reload is atomic: an invalid file is refused with its faults in the log and in the response, and the current routes stay active. Requests
/// in flight finish with the routes that they started with.
final class RoutesReloader: Service, RoutesReloading {
    private struct State {
        var active: ActiveRoutesFile
        /// The last content that was refused, so that a watched file is reported once.
        var refused: RefusedRoutes?
        var watch: FileWatch
        /// The files that the content refers to that was read last.
        var neighbours: NeighbourFiles

        /// - Returns: whether the same content was already refused for the same reason.
        mutating func refuse(_ content: [UInt8], _ faults: FaultyConfiguration?, isUnchecked: Bool = false) -> Bool {
            let new = RefusedRoutes(content: content, faults: faults, isUnchecked: isUnchecked)
            defer { refused = new }
            return refused == new
        }
    }

    /// The result of reading the file.
    private enum Outcome {
        case unchanged
        case reloaded(RoutesChanges, warnings: [ConfigurationFault])
        case refused(ReloadError, isKnown: Bool)

        /// Whether the journal could not be read, so that it is not known whether the file fits it.
        var isUnchecked: Bool {
            if case .refused(.store, _) = self { true } else { false }
        }
    }

    /// How often the file's attributes are checked.
    private static let interval = Duration.milliseconds(500)

    private let file: URL
    private let reader: RoutesReader
    let routes: CurrentRoutes
    private let vault: CredentialVault
    private let archive: any EventArchive
    private let logger: Logger
    /// Changing the file is an administrative act, however the change arrives.
    private let audit: AuditLog
    private let clock = SystemWallClock()
    private let state: Mutex<State>

    /// - Parameter loaded: what `routes` were read from.
    init(
        watching loaded: LoadedRoutesFile,
        reader: RoutesReader,
        routes: CurrentRoutes,
        vault: CredentialVault,
        archive: any EventArchive,
        logger: Logger,
        auditing audit: AuditLog
    ) {
        file = loaded.file
        self.reader = reader
        self.routes = routes
        self.vault = vault
        self.archive = archive
        self.logger = logger
        self.audit = audit
        state = Mutex(
            State(
                active: ActiveRoutesFile(
                    content: loaded.content,
                    neighbours: loaded.neighbours,
                    loadedAt: clock.now,
                    version: 1
                ),
                watch: FileWatch(loaded.signature),
                neighbours: loaded.neighbours
            )
        )
    }

    /// Reads a file that a client has sent. It is not loaded.
    /// - Throws: ``FaultyConfiguration`` with what is wrong in it.
    func contents(ofSent file: [UInt8]) async throws(FaultyConfiguration) -> RoutesReader.Contents {
        await vault.recognizeAccounts(inSent: try reader.read(file), beside: routes.current.routes)
    }

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

    /// Checks the file and those that it refers to until the task is cancelled.
    private func watchFile() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            let folder = RoutesFile.folder(of: file)
            let names = state.withLock { $0.neighbours.names }
            let others = names.map { FileSignature(of: folder.appending(path: $0)) }
            let signature = FileSignature(of: file)
            guard state.withLock({ $0.watch.isDue(signature, with: others) }) else { continue }
            let outcome = await reloadFile()
            // The file is as good as before when the journal can be read again.
            if outcome.isUnchecked { state.withLock { $0.watch.readAgain() } }
            await tell(outcome, by: .gateway, because: "the file has changed", mustAnswer: false)
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
        // These bytes come from a client, which must not choose programs that run here.
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

    /// What waits for the providers that the changes remove.
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

    /// The result of reading the file's content.
    private enum Look {
        case done(Outcome)
        /// Valid by itself; whether it fits the journal is not known yet.
        case good([UInt8], NeighbourFiles, RoutesReader.Contents)
    }

    /// Reloads the file, unless it changed after it was checked against the journal. One reload at a time: the newest content must be
    /// activated last.
    private func reloadFile() async -> Outcome {
        while true {
            switch look() {
            case .done(let outcome): return outcome
            case .good(let content, let neighbours, let reading):
                let refusal = await changedAccounts(in: reading.routes)
                // No program runs for a file that is refused, which may be read many times.
                let recognized =
                    refusal == nil ? await vault.recognizeAccounts(in: reading, runsPrograms: true) : reading
                if let outcome = finish(content, neighbours, recognized, refusal) { return outcome }
            }
        }
    }

    /// Reads and checks the file, without the journal.
    private func look() -> Look {
        state.withLock { state in
            let content: [UInt8]
            do throws(GatewayFault) {
                content = try RoutesFile.content(of: file)
            } catch {
                let isKnown = state.refuse([], nil)
                return .done(.refused(.unreadable(reason: "\(error)"), isKnown: isKnown))
            }
            let folder = RoutesFile.folder(of: file)
            guard !state.active.isSame(content, state.active.neighbours.now(in: folder)) else {
                (state.refused, state.neighbours) = (nil, state.active.neighbours)
                return .done(.unchanged)
            }
            let (reading, neighbours) = NeighbourFiles.recorded(reader, in: folder) { reader in
                Result { () throws(FaultyConfiguration) in try reader.read(content) }
            }
            state.neighbours = neighbours
            switch reading {
            case .success(let reading): return .good(content, neighbours, reading)
            case .failure(let error):
                return .done(.refused(.faulty(error), isKnown: state.refuse(content, error)))
            }
        }
    }

    /// - Returns: nil if the file has changed in the meantime.
    private func finish(
        _ content: [UInt8],
        _ neighbours: NeighbourFiles,
        _ reading: RoutesReader.Contents,
        _ refusal: ReloadError?
    ) -> Outcome? {
        state.withLock { state in
            do throws(GatewayFault) {
                guard try RoutesFile.content(of: file) == content,
                    neighbours.now(in: RoutesFile.folder(of: file)) == neighbours
                else { return nil }
            } catch {
                // The next check reports why.
                return nil
            }
            guard !state.active.isSame(content, neighbours) else { return .unchanged }
            if let refusal {
                let isUnchecked = Outcome.refused(refusal, isKnown: false).isUnchecked
                return .refused(refusal, isKnown: state.refuse(content, nil, isUnchecked: isUnchecked))
            }
            let changes = RoutesChanges(from: routes.current.routes, to: reading.routes)
            routes.replace(by: reading.routes)
            state.active = ActiveRoutesFile(
                content: content,
                neighbours: neighbours,
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

    /// - Throws: ``ReloadError/changedAccounts(_:)`` if deliveries wait for an account that the file replaces.
    private func refuseChangedAccounts(in routes: Routes) async throws(ReloadError) {
        let changed: [ChangedAccount]
        do {
            changed = try await .found(in: routes, archive: archive)
        } catch {
            throw .store(error)
        }
        if !changed.isEmpty { throw .changedAccounts(changed) }
    }

    /// - Parameter mustAnswer: whether a client asked, so that the result is reported even if it is already in the log.
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
                outcome.isUnchecked
                    ? "routes.json could not be checked; the current routes stay active"
                    : "routes.json is invalid; the current routes stay active",
                by: actor,
                ["reason": reason, "faults": message(refusal)]
            )
        }
    }

    /// Logs which deliveries are left without a provider.
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
