import Access
import Events
import Foundation
import Journal
import JournalPostgres
import JournalSQLite
import NIOPosix
import NIOSSL
import Parity
import ParityRuns
import Routing
import Version

/// Examines an installation from outside: its files, its journal, its vendors, and the gateway if one runs. Changes nothing.
package struct Doctor: Sendable {
    private let settings: DoctorSettings

    package init(_ settings: DoctorSettings) {
        self.settings = settings
    }

    /// Examines everything. Asks each vendor that can list events for one of them.
    package func examine() async -> DoctorReport {
        let holder = JournalFile.holder(of: settings.dataFolder)
        let now = SystemWallClock().now
        async let journal = journalLines(now)
        let (files, watches) = await fileLines(now)
        let (disk, state) = await journal
        return DoctorReport(
            [
                GatewayLines.version(.current, settings.gateway),
                GatewayLines.gateway(settings.gateway, holder, isEmbedded: isEmbedded), files.routes,
                files.credentials, files.clock, disk, FilesLine.line(FileUse.of(holder)),
            ] + state + watches
        )
    }

    private var isEmbedded: Bool {
        if case .embedded = settings.store { true } else { false }
    }

    // MARK: routes.json, its vendors, and what is known of them

    private typealias FileLines = (
        routes: DoctorReport.Line, credentials: DoctorReport.Line, clock: DoctorReport.Line
    )

    private func fileLines(_ now: Timestamp) async -> (FileLines, watches: [DoctorReport.Line]) {
        let contents: RoutesReader.Contents
        let roots: [NIOSSLCertificate]
        do throws(GatewayFault) {
            contents = try RoutesFile.read(settings.routesFile, allowsInlineSecrets: settings.allowsInlineSecrets)
            roots = try VendorRoots.read(settings.vendorRoots)
        } catch {
            return (VendorLines.withoutRoutes("\(error)"), WatchLines.unknown("without valid routes"))
        }
        let providers = contents.routes.providers
        async let watches = watchLines(providers, now)
        let vault = CredentialVault(of: CurrentRoutes(contents.routes), environment: settings.environment)
        let examination = VendorExamination(credentials: vault, trusting: roots)
        let findings = await examination.examine(providers)
        let lines = (
            VendorLines.routes(contents, file: settings.routesFile.relativePath), VendorLines.credentials(findings),
            VendorLines.clock(findings.compactMap(\.clock))
        )
        return (lines, await watches)
    }

    private func watchLines(_ providers: [ProviderConfiguration], _ now: Timestamp) async -> [DoctorReport.Line] {
        var snapshot = WatchSnapshot()
        // Otherwise there is nothing to read.
        if providers.contains(where: { $0.verify != nil || $0.canary != nil }) {
            do {
                switch settings.store {
                case .embedded: snapshot = try await ParityStore.watches(in: settings.dataFolder, at: now) ?? snapshot
                case .shared(let shared): snapshot = try await PostgresOperations(shared.store).watches(at: now)
                }
            } catch let error as ParityError {
                return WatchLines.unknown(error.message)
            } catch let error as StoreError {
                return WatchLines.unknown(StoreReason.text(error))
            } catch {
                return WatchLines.unknown("\(error)")
            }
        }
        return WatchLines.lines(
            providers,
            Watches.reports(of: snapshot, on: providers, at: now),
            isRunning: settings.gateway.version != nil,
            at: now
        )
    }

    // MARK: The journal

    /// The line about the disk, and those about the journal, its backlog and its damage.
    private func journalLines(_ now: Timestamp) async -> (disk: DoctorReport.Line, state: [DoctorReport.Line]) {
        if case .shared(let shared) = settings.store {
            return (JournalLines.disk(at: settings.dataFolder), await sharedLines(shared, now))
        }
        let (folder, limit, retention) = (settings.dataFolder, settings.diskLimitBytes, settings.retentionDays)
        do throws(StoreError) {
            return try await BlockingWork.run { () throws(StoreError) in
                guard FileManager.default.fileExists(atPath: folder.appending(path: "journal.sqlite").path) else {
                    return (JournalLines.disk(at: folder), JournalLines.noJournal)
                }
                let file = try JournalFile(reading: folder)
                let summary = try file.summary()
                let room = try DiskRoom(at: folder)
                let disk = JournalLines.disk(room, summary, limitBytes: limit, retentionDays: retention, now: now)
                let backlogs = file.isCurrent ? try file.backlogs() : nil
                return (
                    disk,
                    [
                        JournalLines.journal(summary), JournalLines.backlog(backlogs, layout: summary.layout, now: now),
                        JournalLines.damage(summary.damage.count),
                    ]
                )
            }
        } catch {
            return (JournalLines.disk(at: folder), JournalLines.unreadable(error))
        }
    }

    /// The lines about a journal in PostgreSQL.
    private func sharedLines(_ shared: SharedStoreSettings, _ now: Timestamp) async -> [DoctorReport.Line] {
        do throws(StoreError) {
            let status = try await PostgresOperations(shared.store).status()
            return JournalLines.shared(status, at: shared.address.display, now: now)
        } catch {
            return JournalLines.unreadable(error, at: shared.address.display)
        }
    }
}
