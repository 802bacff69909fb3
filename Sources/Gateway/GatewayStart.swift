import Access
import ConfigurationFile
import DeliveryEngine
import Events
import Foundation
import Logging
import NIOSSL
import Observability
import Routing
import VendorReads

/// What a gateway reads before it opens its store, which may take long: faults in files are found by then.
struct GatewayStart: Sendable {
    let settings: GatewaySettings
    let logs: LogOutput
    /// `routes.json`, from which the routes are.
    let file: LoadedRoutesFile
    let reader: RoutesReader
    let routes: CurrentRoutes
    let vault: CredentialVault
    let processClock: ProcessClock
    let certificates: CertificateReloader?
    /// Certificate authorities for vendors in addition to the system's.
    let trusted: [NIOSSLCertificate]

    /// - Throws: ``GatewayFault`` that says what is wrong with a file.
    static func read(_ settings: GatewaySettings, _ logs: LogOutput) async throws(GatewayFault) -> GatewayStart {
        let logger = logs.logger("tollgate")
        let signature = FileSignature(of: settings.routesFile)
        let content = try RoutesFile.content(of: settings.routesFile)
        let reader = RoutesFile.reader(
            allowsInlineSecrets: settings.allowsInlineSecrets,
            beside: RoutesFile.folder(of: settings.routesFile),
            administrators: settings.demoKey.map { [KeyDigest(of: $0)] } ?? []
        )
        let (reading, neighbours) = NeighbourFiles.recorded(
            reader,
            in: RoutesFile.folder(of: settings.routesFile)
        ) { reader in
            Result<RoutesReader.Contents, GatewayFault> { () throws(GatewayFault) in
                try RoutesFile.read(content, of: settings.routesFile, by: reader)
            }
        }
        let file = try reading.get()
        let routes = CurrentRoutes(file.routes)
        let vault = CredentialVault(of: routes, environment: settings.environment)
        let recognized = await vault.recognizeAccounts(in: file, runsPrograms: true)
        routes.replace(by: recognized.routes)
        for warning in recognized.warnings { logger.warning("\(warning.line(in: settings.routesFile.relativePath))") }
        for missing in await vault.missing {
            logger.warning("a credential is missing", metadata: ["detail": "\(missing)"])
        }
        for missing in await ReceiverCredentials.missing(
            of: file.routes.notifications,
            environment: settings.environment
        ) {
            logger.warning("a receiver's secret is missing", metadata: ["detail": "\(missing)"])
        }
        return GatewayStart(
            settings: settings,
            logs: logs,
            file: LoadedRoutesFile(
                file: settings.routesFile,
                signature: signature,
                content: content,
                neighbours: neighbours
            ),
            reader: reader,
            routes: routes,
            vault: vault,
            processClock: ProcessClock(wall: SystemWallClock()),
            certificates: try certificates(settings, logs),
            trusted: try VendorRoots.read(settings.vendorRoots)
        )
    }

    private static func certificates(_ settings: GatewaySettings, _ logs: LogOutput) throws(GatewayFault)
        -> CertificateReloader?
    {
        guard let files = settings.certificate else { return nil }
        return try CertificateReloader(reading: files, logger: logs.logger("tollgate.tls"))
    }
}
