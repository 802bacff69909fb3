import Foundation
import Ingress
import Logging
import ServiceLifecycle
import Synchronization
import Transport

/// Takes a changed certificate over while the gateway runs, for connections to come.
struct CertificateReloader: Service {
    private let certificate: ServerCertificate
    private let logger: Logger

    /// How often the files' attributes are looked at.
    private static let interval = Duration.milliseconds(500)
    /// A certificate that ends this soon is worth a warning.
    private static let notice = TimeInterval(14 * 86_400)

    init(_ certificate: ServerCertificate, logger: Logger) {
        self.certificate = certificate
        self.logger = logger
    }

    func run() async throws {
        warnOfItsEnd()
        await cancelWhenGracefulShutdown { await watch() }
    }

    private func watch() async {
        var watches = files.map { FileWatch(FileSignature(of: $0)) }
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            var isDue = false
            for (place, file) in files.enumerated() where watches[place].isDue(FileSignature(of: file)) { isDue = true }
            if isDue { takeOver() }
        }
    }

    private var files: [URL] { [certificate.files.certificate, certificate.files.key] }

    /// While a pair is being exchanged one file is new and the other is not: that is refused, and taken when the other has changed too.
    private func takeOver() {
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

    private func warnOfItsEnd() {
        guard certificate.validUntil.timeIntervalSinceNow < Self.notice else { return }
        logger.warning("the certificate ends soon, or has ended", metadata: ["valid_until": "\(end)"])
    }

    private var end: String { certificate.validUntil.ISO8601Format() }
}
