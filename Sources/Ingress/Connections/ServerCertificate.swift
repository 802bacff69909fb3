package import Foundation
package import NIOSSL
import Synchronization

/// The certificate that the gateway shows, with its key. Exchanged whole when its files change; a connection keeps the one it began with.
package final class ServerCertificate: Sendable {
    /// A certificate, its chain and its key, in PEM.
    package struct Files: Sendable, Equatable {
        /// The server's certificate first, then those between it and a root.
        package let certificate: URL
        package let key: URL

        package init(certificate: URL, key: URL) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// What is in force.
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

    /// Reads the files again for connections to come. If it throws, what was in force stays.
    package func reload() throws(CertificateFault) {
        let new = try Self.read(files)
        current.withLock { $0 = new }
    }

    /// When clients stop to believe it.
    package var validUntil: Date { current.withLock { $0.validUntil } }

    /// For the next connection.
    var context: NIOSSLContext { current.withLock { $0.context } }

    /// Of TLS 1.2: forward secrecy and authenticated encryption alone, no CBC (RFC 9325, section 4.2). The suites of TLS 1.3 are all so.
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

/// Why a file cannot be used for TLS. Each says what to do; none quotes the file.
package enum CertificateFault: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    case noCertificate(file: String)
    case noKey(file: String)
    case mismatch(certificate: String, key: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file) cannot be read: \(reason)"
        case .noCertificate(let file):
            "\(file) holds no certificate; it must be in PEM, with \"-----BEGIN CERTIFICATE-----\""
        case .noKey(let file):
            "\(file) holds no private key that can be used; it must be in PEM and without a passphrase"
        case .mismatch(let certificate, let key):
            "the key in \(key) is not that of the first certificate in \(certificate); name a pair, with the server's own certificate first"
        }
    }
}

/// Reads PEM files.
package enum TLSFile {
    /// All certificates of a file, at least one.
    package static func certificates(in file: URL) throws(CertificateFault) -> [NIOSSLCertificate] {
        let bytes = try content(of: file)
        let found: [NIOSSLCertificate]
        do {
            found = try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw .noCertificate(file: file.relativePath)
        }
        guard !found.isEmpty else { throw .noCertificate(file: file.relativePath) }
        return found
    }

    static func key(in file: URL) throws(CertificateFault) -> NIOSSLPrivateKey {
        let bytes = try content(of: file)
        do {
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
        } catch {
            throw .noKey(file: file.relativePath)
        }
    }

    private static func content(of file: URL) throws(CertificateFault) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: file))
        } catch {
            let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            throw .unreadable(file: file.relativePath, reason: (underlying ?? error as NSError).localizedDescription)
        }
    }
}
