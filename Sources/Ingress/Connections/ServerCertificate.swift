package import Foundation
import NIOSSL
import Synchronization
package import Transport

/// The gateway's certificate, with its key. Replaced atomically when its files change; existing connections keep the old one.
package final class ServerCertificate: Sendable {
    /// The files with a certificate, its chain and its key, in PEM.
    package struct Files: Sendable, Equatable {
        /// The server's certificate first, then the intermediate ones.
        package let certificate: URL
        package let key: URL

        package init(certificate: URL, key: URL) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The active certificate.
    private struct Current {
        let context: NIOSSLContext
        let validUntil: Date
    }

    package let files: Files
    private let current: Mutex<Current>

    /// Reads the files.
    package init(reading files: Files) throws(CertificateFault) {
        self.files = files
        current = Mutex(try Self.read(files))
    }

    /// Reads the files again, for new connections. If it throws, the current certificate stays active.
    package func reload() throws(CertificateFault) {
        let new = try Self.read(files)
        current.withLock { $0 = new }
    }

    /// When it expires.
    package var validUntil: Date { current.withLock { $0.validUntil } }

    /// For the next connection.
    var context: NIOSSLContext { current.withLock { $0.context } }

    /// For TLS 1.2: only forward secrecy and authenticated encryption, no CBC (RFC 9325, section 4.2). All suites of TLS 1.3 qualify.
    private static let authenticatedSuites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    private static func read(_ files: Files) throws(CertificateFault) -> Current {
        let chain = try TLSFile.certificates(in: files.certificate)
        let key = try TLSFile.key(in: files.key)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = authenticatedSuites
        configuration.applicationProtocols = ["h2", "http/1.1"]
        do {
            let context = try NIOSSLContext(configuration: configuration)
            let end = Date(timeIntervalSince1970: TimeInterval(chain[0].notValidAfter))
            return Current(context: context, validUntil: end)
        } catch {
            throw .mismatch(certificate: files.certificate.relativePath, key: files.key.relativePath)
        }
    }
}
