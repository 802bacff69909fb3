import Foundation
import Ingress
import Logging
import ServiceLifecycle
import Synchronization
import Transport

/// Reloads a changed certificate while the gateway runs, for new connections.
struct CertificateReloader: Service {
    /// The active certificate.
    let certificate: ServerCertificate
    private let logger: Logger
    /// The files as they were before they were read, so that no change in between is missed.
    private let signatures: [(file: URL, signature: FileSignature)]

    /// How often the files' attributes are checked.
    private static let interval = Duration.milliseconds(500)
    /// A certificate that expires this soon causes a warning.
    private static let notice = TimeInterval(14 * 86_400)

    /// Reads the files.
    /// - Throws: ``GatewayFault`` if they cannot be used.
    init(reading files: ServerCertificate.Files, logger: Logger) throws(GatewayFault) {
        self.logger = logger
        signatures = [files.certificate, files.key].map { ($0, FileSignature(of: $0)) }
        do {
            certificate = try ServerCertificate(reading: files)
        } catch {
            throw .certificate(error)
        }
    }

    func run() async throws {
        warnOfItsEnd()
        await cancelWhenGracefulShutdown { await watch() }
    }

    /// Checks the files until the task is cancelled.
    private func watch() async {
        var watches = signatures.map { FileWatch($0.signature) }
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            var isDue = false
            for (index, watched) in signatures.enumerated()
            where watches[index].isDue(FileSignature(of: watched.file)) { isDue = true }
            if isDue { reload() }
        }
    }

    /// While a pair is being replaced, one file is new and the other is old: that is refused, and accepted when the other has changed
    /// too.
    private func reload() {
        do throws(CertificateFault) {
            try certificate.reload()
            logger.info("the certificate was reloaded", metadata: ["valid_until": "\(end)"])
            warnOfItsEnd()
        } catch {
            logger.error(
                "the changed certificate is invalid; the current one stays active",
                metadata: ["reason": "\(error)"]
            )
        }
    }

    /// Warns once per reload if the certificate expires within two weeks.
    private func warnOfItsEnd() {
        guard certificate.validUntil.timeIntervalSinceNow < Self.notice else { return }
        logger.warning("the certificate expires soon, or has expired", metadata: ["valid_until": "\(end)"])
    }

    private var end: String { certificate.validUntil.ISO8601Format() }
}
