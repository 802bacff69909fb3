import Access
import Events
import Foundation
import Journal
import JournalPostgres
import JournalSQLite
import NIOPosix
import NIOSSL
import Routing
import Version

/// Looks at an installation from outside: its files, its journal, its vendors, and the gateway if one runs. Changes nothing.
package struct Doctor: Sendable {
    private let settings: DoctorSettings

    package init(_ settings: DoctorSettings) {
        self.settings = settings
    }

    /// Looks at everything. Asks each vendor that has a list of events for one of them.
    package func examine() async -> DoctorReport {
        let holder = JournalFile.holder(of: settings.dataFolder)
        let now = SystemWallClock().now
        async let journal = journalLines(now)
        let (routes, credentials, clock) = await vendorLines()
        let (disk, state) = await journal
        return DoctorReport(
            [
                GatewayLines.version(.current, settings.gateway),
                GatewayLines.gateway(settings.gateway, holder, isEmbedded: isEmbedded), routes, credentials, clock,
                disk,
                FilesLine.line(FileUse.of(holder)),
            ] + state
        )
    }

    private var isEmbedded: Bool {
        if case .embedded = settings.store { true } else { false }
    }

    // MARK: routes.json and vendors

    private func vendorLines() async -> (
        routes: DoctorReport.Line, credentials: DoctorReport.Line, clock: DoctorReport.Line
    ) {
        let contents: RoutesReader.Contents
        let roots: [NIOSSLCertificate]
        do throws(GatewayFault) {
            contents = try RoutesFile.read(settings.routesFile, allowsInlineSecrets: settings.allowsInlineSecrets)
            roots = try VendorRoots.read(settings.vendorRoots)
        } catch {
            return VendorLines.withoutRoutes("\(error)")
        }
        let providers = contents.routes.providers
        let vault = CredentialVault(of: CurrentRoutes(contents.routes), environment: settings.environment)
        let examination = VendorExamination(credentials: vault, trusting: roots)
        let findings = await examination.examine(providers)
        return (
            VendorLines.routes(contents, file: settings.routesFile.relativePath), VendorLines.credentials(findings),
            VendorLines.clock(findings.compactMap(\.clock))
        )
    }

    // MARK: The journal

    /// The lines of the disk, and of the journal, its backlog and its damage.
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

    private func sharedLines(_ shared: SharedStoreSettings, _ now: Timestamp) async -> [DoctorReport.Line] {
        do throws(StoreError) {
            let status = try await PostgresOperations(shared.store).status()
            return JournalLines.shared(status, at: shared.address.display, now: now)
        } catch {
            return JournalLines.unreadable(error, at: shared.address.display)
        }
    }
}
