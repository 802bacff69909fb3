package import Foundation
package import NIOSSL

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

    /// The private key of a file, which must have no passphrase.
    package static func key(in file: URL) throws(CertificateFault) -> NIOSSLPrivateKey {
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

/// Why a file cannot be used for TLS. Each description says how to fix it; none quotes the file.
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
            "\(file) has no certificate; it must be in PEM, with \"-----BEGIN CERTIFICATE-----\""
        case .noKey(let file):
            "\(file) has no usable private key; it must be in PEM, without a passphrase"
        case .mismatch(let certificate, let key):
            "the key in \(key) does not belong to the first certificate in \(certificate); use a matching pair, with the server's own certificate first"
        }
    }
}
